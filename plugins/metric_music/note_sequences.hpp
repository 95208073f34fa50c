// Which sequences of notes a text has, whatever their key: to find music again that a model has copied.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace metric_music {

/// Notes of a sequence.
inline constexpr std::size_t sequence_notes = 12;

/// Appends a digest of each sequence of twelve notes that follow one another in a voice of a text.
///
/// Two sequences are the same if all lengths (in whole notes) and all intervals (in semitones) are, so that music which is only
/// transposed, or written in another unit length, is the same music. A chord is one note, compared with all its pitches; the
/// interval leads from and to its highest. Rests, grace notes and bar lines are passed over, ties do not join. A new tune (`X:`)
/// begins anew. Any bytes may be read, in linear time: what is no music is passed over, and nothing is refused.
void append_sequences(std::string_view text, std::vector<std::uint64_t>& digests);

}  // namespace metric_music
