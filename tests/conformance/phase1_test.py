"""The profile of the scaling study against its semantics and its script."""
import cleaning_parity

cleaning_parity.run("phase1")
