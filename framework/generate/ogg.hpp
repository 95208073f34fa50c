// Sound in an Ogg file, cut where it is too long.
#pragma once

#include <string>

namespace etude {

/// Cuts `ogg`, a file of one Vorbis stream, behind the last page that ends within `seconds`; what is left plays by itself. A page
/// is about a second.
/// @param sample_rate  of the stream, in Hz
/// @return the seconds that are left
/// @throws Error if it is no such file
double cut_ogg(std::string& ogg, double sample_rate, double seconds);

}  // namespace etude
