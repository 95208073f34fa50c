// Bars of rest at the start of a tune.
#pragma once

#include <span>
#include <string_view>

namespace dataset_music {

/// A line of a tune while it is cleaned.
struct AbcLine {
  enum class Kind { field, directive, music } kind = Kind::music;
  std::string_view text;   ///< stripped
  std::string_view voice;  ///< "[V:1]" that a line of music began with, which has been taken from `text`; mostly empty
};

/// Takes the bars that every voice rests in from the start of a tune, as many from each voice, so that all still sound together.
/// A voice rests as long as it has nothing but rests of one bar at most and plain bar lines; fields K: M: Q: V: and directives
/// may stand between, and stay. Bars count only where they take equally long in all voices. A voice without any note holds up
/// nobody. Lines of music may become empty.
/// @param tune  from its X: to the next
void trim_leading_rests(std::span<AbcLine> tune);

}  // namespace dataset_music
