// Hugging Face's tokenizer.json, as far as byte-level BPE goes.
#pragma once

#include <filesystem>

#include "vocabulary.hpp"

namespace etude::bpe {

/// The patterns of the split rules, as the regular expressions of `tokenizers`. GPT-2's is built into its ByteLevel.
inline constexpr const char* gpt2_pattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
inline constexpr const char* bar_pattern = R"((?:[^|:\n]|:(?!:))*(?:\||::)[|:\]]*|[^\n]+|\n)";

/// Writes what `tokenizers` loads and encodes lines to the same ids with.
/// @throws Error if the file cannot be written
void write_tokenizer_file(const std::filesystem::path& file, const Vocabulary& vocabulary);

/// Reads what this or `tokenizers` wrote.
/// @throws Error if it cannot be read, or asks for anything that would give other ids here; the message says what that is
Vocabulary read_tokenizer_file(const std::filesystem::path& file);

}  // namespace etude::bpe
