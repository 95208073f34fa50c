"""The profile of the study's largest model against its semantics and its script, with gzip sizes."""
import cleaning_parity

cleaning_parity.run("phase2")
