// What a text can begin with.
#pragma once

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

/// The whole of a file, or of standard input for "-".
/// @throws Error (usage) if it is empty or longer than 1 MiB; Error if it cannot be read
std::string read_prompt(const std::string& file);

}  // namespace etude
