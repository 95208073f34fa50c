// Files of any size, front to back: read in blocks, written whole or not at all. "-" is standard input or output.
#pragma once

#include <base/files.hpp>
#include <etude/document.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace etude {

inline constexpr std::size_t block_bytes = 1 << 20;

/// What messages call an input: "standard input" for "-".
std::string input_name(const std::filesystem::path& file);

/// @throws Error (usage) if more than one of `files` is standard input
void require_standard_input_once(const std::vector<std::filesystem::path>& files);

/// One file, or standard input, opened for reading.
class InputStream {
 public:
  /// @throws Error naming the file if it cannot be opened, or is a folder
  explicit InputStream(std::filesystem::path file);
  /// Fills `buffer` as far as the file goes. @return bytes read; fewer than asked for only at the end
  std::size_t read(std::span<char> buffer);
  /// What is there now, waiting only if that is nothing: for pipes whose other end wants answers. @return bytes read; 0 at the
  /// end
  std::size_t read_some(std::span<char> buffer);
  const std::filesystem::path& file() const { return file_; }

 private:
  std::filesystem::path file_;
  FileDescriptor opened_;
  int descriptor_;
};

/// Text files one after the other, as blocks of whole lines: no block spans two files, and only the last one of a file may end
/// without a newline. Memory holds a block, or the longest line.
class TextBlocks {
 public:
  explicit TextBlocks(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}
  /// The next block, never empty; false after the last file.
  bool next(std::string& block);
  /// Back to the first file. @throws Error if something of standard input was read, which is gone
  void rewind();

  const std::filesystem::path& file() const { return input_->file(); }  ///< of the last block
  std::int64_t bytes() const { return bytes_; }                         ///< in all blocks since the start
  double seconds() const { return seconds_; }                           ///< spent in reading, of all passes

 private:
  bool fill(std::string& block);

  std::vector<std::filesystem::path> files_;
  std::size_t opened_ = 0;  ///< of files_
  std::optional<InputStream> input_;
  std::string rest_;  ///< the begin of a line whose end is still in the file
  bool at_end_ = true;
  std::int64_t bytes_ = 0;
  double seconds_ = 0;
};

/// The blocks as documents, to learn from.
class BlockDocuments final : public DocumentSource {
 public:
  /// @param told  called after each block
  BlockDocuments(TextBlocks& blocks, std::function<void()> told) : blocks_(blocks), told_(std::move(told)) {}
  bool next(Document& document) override;
  void rewind() override { blocks_.rewind(); }
  bool asked() const { return asked_; }  ///< false: who learned from them did not look at any

 private:
  TextBlocks& blocks_;
  std::function<void()> told_;
  bool asked_ = false;
};

using Write = std::function<void(std::string_view bytes)>;

/// Makes `file` of what `fill` writes: whole or not there, an older one stands until then. Standard output ("-"), pipes and
/// devices get it as it comes. @throws Error naming the file
void write_stream(const std::filesystem::path& file, const std::function<void(const Write&)>& fill);

/// The file that replacing `file` would replace: links followed. Nothing for standard output, pipes and devices.
/// @throws Error if `file` is a folder, or its folder is not there or cannot be written to
std::optional<std::filesystem::path> replaceable(const std::filesystem::path& file);

}  // namespace etude
