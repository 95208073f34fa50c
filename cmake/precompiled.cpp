// The one file of the target that owns the precompiled LibTorch headers.
