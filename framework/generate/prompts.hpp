// What a text can begin with.
#pragma once

#include <etude/tokenizer.hpp>
#include <span>
#include <string>

namespace etude {

/// A beginning of a tune: fields X, M, L, Q, K, V and the first notes.
struct HeaderPrompt {
  const char* name;
  const char* text;
};

/// A reel, a jig, a waltz, a march and an air.
std::span<const HeaderPrompt> header_prompts();

/// @throws Error (usage) naming the known ones
const HeaderPrompt& header_prompt(const std::string& name);

/// The characters of a text that a tokenizer cannot express, each once: "'Q', '='"; empty if there are none.
std::string unknown_characters(const Tokenizer& tokenizer, const std::string& text);

/// A header without those of its fields (all lines but the last) that a tokenizer cannot express.
/// @param dropped  gets their names: "Q:, V:"
std::string without_unknown_fields(const std::string& header, const Tokenizer& tokenizer, std::string& dropped);

/// The whole of a file, or of standard input for "-".
/// @throws Error (usage) if it is empty or longer than 1 MiB; Error if it cannot be read
std::string read_prompt(const std::string& file);

}  // namespace etude
