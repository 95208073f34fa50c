// Weights in files that run no code when they are read: https://github.com/huggingface/safetensors#format
#pragma once

#include <torch/torch.h>

#include <etude/api.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace etude {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

struct SafetensorsFile {
  NamedTensors tensors;  ///< on the CPU, in the order of their data
  std::map<std::string, std::string> metadata;
};

/// Writes tensors (float, double, half, bfloat16, int64, int32, uint8, bool) from any device; equal arguments give equal bytes.
/// The file is replaced as a whole: written beside, synced, renamed.
/// @throws Error if a name occurs twice, a type has no place in the format, or the file cannot be written
ETUDE_API void save_safetensors(const std::filesystem::path& file, const NamedTensors& tensors,
                                const std::map<std::string, std::string>& metadata);

/// @throws Error if the file cannot be read, is cut short, or is not of this format
ETUDE_API SafetensorsFile load_safetensors(const std::filesystem::path& file);

}  // namespace etude
