"""Reads safetensors files from the format's description alone, so that Etude's writer has an oracle that isn't its own reader."""
import json
import struct

import numpy

TYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "I32": "<i4", "U8": "u1", "BOOL": "?"}


def read(path):
    """Returns ({name: array}, metadata). BF16 comes back as float32."""
    with open(path, "rb") as file:
        content = file.read()
    (header_size,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8:8 + header_size])
    data = memoryview(content)[8 + header_size:]
    metadata = header.pop("__metadata__", {})
    tensors, covered = {}, 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        assert begin == covered, f"{path}: a hole or an overlap before {name}"
        covered = end
        if entry["dtype"] == "BF16":
            array = (numpy.frombuffer(data[begin:end], "<u2").astype("<u4") << 16).view("<f4")
        else:
            array = numpy.frombuffer(data[begin:end], TYPES[entry["dtype"]])
        tensors[name] = array.reshape(entry["shape"])
    assert covered == len(data), f"{path}: bytes after the last tensor"
    return tensors, metadata
