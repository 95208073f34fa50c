// Where in a text a tune is.
#pragma once

#include <string_view>

namespace etude {

/// Where the first line from `prompt_size` on begins that starts with `X:` and has another such line before it, or npos. A line
/// that begins in the prompt is the prompt's own.
std::size_t second_tune(std::string_view text, std::size_t prompt_size);

/// From the first `X:` to the first line behind it that is empty or white space, as the study judges samples; the whole text if
/// it has no `X:`.
std::string_view first_tune(std::string_view text);

}  // namespace etude
