// A document as a set of short runs of bars: what near-duplicates are measured by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace etude {

/// Reads documents one after another, keeping its memory. One thread at a time.
///
/// A bar is what stands between bar lines ('|' with what belongs to it) or ends of lines, without white space, chord symbols and
/// annotations ("..."), decorations (!...!) and a '\' at the line's end. Fields (a letter, then ':'), comments and empty bars are
/// left out, so that titles, numbers, keys and tempos do not tell documents apart. A shingle is `shingle_bars` bars that follow
/// each other in one voice (V: or [V:]), across lines; of a voice with fewer bars, all of them. A document without any bar has
/// one shingle, of its whole text.
class Shingler {
 public:
  explicit Shingler(std::int64_t shingle_bars) : shingle_bars_(static_cast<std::size_t>(shingle_bars)) {}

  /// 64-bit hashes of the document's shingles, each once, in the order in which they come first. Valid until the next call.
  const std::vector<std::uint64_t>& shingles(std::string_view text);

 private:
  struct Voice {
    std::uint64_t name = 0;
    std::vector<std::uint64_t> bars;
  };

  void read_line(std::string_view line);
  void read_music(std::string_view line);
  void enter_voice(std::string_view field);
  void end_bar();
  void add_shingles(const std::vector<std::uint64_t>& bars);
  void add(std::uint64_t shingle);

  std::size_t shingle_bars_;
  std::vector<Voice> voices_;
  std::size_t used_voices_ = 0, voice_ = 0;
  std::string bar_;
  std::vector<std::uint64_t> shingles_;
  std::vector<std::uint64_t> table_;  ///< open addressing; 0 is free
};

/// Hash of bytes, the same on every machine.
std::uint64_t hash_bytes(std::string_view bytes);

/// |a and b| / |a or b| of two sets, each sorted; 1 of two empty ones.
double jaccard(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b);

}  // namespace etude
