// Where a text goes on to a tune that nobody asked for.
#pragma once

#include <string_view>

namespace etude {

/// Where the first line from `prompt_size` on begins that starts with `X:` and has another such line before it, or npos. A line
/// that begins in the prompt is the prompt's own.
std::size_t second_tune(std::string_view text, std::size_t prompt_size);

}  // namespace etude
