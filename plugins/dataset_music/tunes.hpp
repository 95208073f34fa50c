// The tunes of an ABC file, one after another, however long the file is.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace dataset_music {

struct Tune {
  std::string suffix;   ///< "#12", "#12.2" for the second tune with that number, "#tune-5" without number; "" for the whole file
  std::string text;     ///< as it stands in the file
  bool is_tune = true;  ///< false for what stands before the first X: line
};

class TuneReader {
 public:
  /// @param split  false: the whole file is one tune
  /// @throws std::system_error if the file cannot be opened
  TuneReader(const std::filesystem::path& file, bool split);

  /// False at the end. A file without any X: line is one tune. @throws std::system_error if reading fails
  bool next(Tune& tune);

 private:
  bool fill();
  std::size_t find_boundary();
  std::string suffix_of(std::string_view text);
  bool first_sight(std::uint64_t number);

  std::ifstream in_;
  bool split_;
  std::string buffer_;
  std::size_t begin_ = 0;   ///< of the tune being read, in buffer_
  std::size_t search_ = 0;  ///< where the search for its end goes on
  bool ended_ = false;
  bool started_ = false;
  std::int64_t ordinal_ = 0;
  std::vector<bool> seen_small_;
  std::unordered_set<std::uint64_t> seen_large_;
  std::unordered_map<std::uint64_t, std::int64_t> repeats_;
};

}  // namespace dataset_music
