#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <base/clock.hpp>
#include <cerrno>
#include <corpus/streams.hpp>
#include <cstring>

namespace etude {
namespace {

namespace fs = std::filesystem;

constexpr const char* standard = "-";

/// Adds the time that it lives to `seconds`.
class Stopwatch {
 public:
  explicit Stopwatch(double& seconds) : seconds_(seconds) {}
  ~Stopwatch() { seconds_ += seconds_since(begin_); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double& seconds_;
  double begin_ = steady_seconds();
};

/// Gathers small writes into large ones.
class BufferedWriter {
 public:
  BufferedWriter(int descriptor, fs::path file) : descriptor_(descriptor), file_(std::move(file)) {}
  void write(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= block_bytes) flush();
  }
  void flush() {
    for (std::string_view rest = buffer_; !rest.empty();) {
      const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw file_error("cannot write", file_, errno);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
  }

 private:
  int descriptor_;
  fs::path file_;
  std::string buffer_;
};

void fill_descriptor(int descriptor, const fs::path& file, const std::function<void(const Write&)>& fill) {
  BufferedWriter writer(descriptor, file);
  fill([&](std::string_view bytes) { writer.write(bytes); });
  writer.flush();
}

FileDescriptor open_for_writing(const fs::path& opened, const fs::path& named) {
  FileDescriptor out(::open(opened.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (out.get() < 0) throw file_error("cannot write", named, errno);
  return out;
}

}  // namespace

std::string input_name(const fs::path& file) { return file == standard ? "standard input" : file.string(); }

void require_standard_input_once(const std::vector<fs::path>& files) {
  if (std::count(files.begin(), files.end(), standard) > 1) throw usage_error("standard input (-) can be read only once");
}

InputStream::InputStream(fs::path file)
    : file_(std::move(file)),
      opened_(file_ == standard ? -1 : ::open(file_.c_str(), O_RDONLY | O_CLOEXEC)),
      descriptor_(file_ == standard ? STDIN_FILENO : opened_.get()) {
  if (descriptor_ < 0) throw file_error("cannot read", file_, errno);
  std::error_code ignored;
  if (file_ != standard && fs::is_directory(file_, ignored)) throw file_error("cannot read", file_, EISDIR);
}

std::size_t InputStream::read(std::span<char> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const std::size_t count = read_some(buffer.subspan(filled));
    if (count == 0) break;
    filled += count;
  }
  return filled;
}

std::size_t InputStream::read_some(std::span<char> buffer) {
  for (;;) {
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw file_error("cannot read", input_name(file_), errno);
    return static_cast<std::size_t>(count);
  }
}

bool TextBlocks::next(std::string& block) {
  const Stopwatch watch(seconds_);
  for (;;) {
    if (at_end_) {
      if (opened_ == files_.size()) return false;
      input_.emplace(files_[opened_++]);
      at_end_ = false;
    }
    if (fill(block)) {
      bytes_ += static_cast<std::int64_t>(block.size());
      return true;
    }
  }
}

/// False where the file has no more.
bool TextBlocks::fill(std::string& block) {
  block = std::move(rest_);
  rest_.clear();
  while (!at_end_) {
    const std::size_t before = block.size();
    block.resize(before + block_bytes);
    const std::size_t count = input_->read({block.data() + before, block_bytes});
    block.resize(before + count);
    at_end_ = count < block_bytes;
    const auto newline = std::string_view(block).substr(before).rfind('\n');
    if (at_end_ || newline == std::string_view::npos) continue;
    rest_ = block.substr(before + newline + 1);
    block.resize(before + newline + 1);
    return true;
  }
  return !block.empty();
}

void TextBlocks::rewind() {
  for (std::size_t i = 0; i < opened_; ++i)
    if (files_[i] == standard)
      throw Error(input_name(standard) + " cannot be read twice, and this tokenizer asks for that", "write it to a file first");
  opened_ = 0;
  at_end_ = true;
  rest_.clear();
  bytes_ = 0;
}

bool BlockDocuments::next(Document& document) {
  const std::int64_t begin = blocks_.bytes();
  document = {};
  asked_ = true;
  if (!blocks_.next(document.text)) return false;
  document.id = text(blocks_.file().string(), ':', begin);
  told_();
  return true;
}

void write_stream(const fs::path& file, const std::function<void(const Write&)>& fill) {
  if (file == standard) return fill_descriptor(STDOUT_FILENO, "standard output", fill);
  if (const auto target = replaceable(file)) {
    replace_file(*target, [&](const fs::path& partial) { fill_descriptor(open_for_writing(partial, file).get(), file, fill); });
  } else {
    fill_descriptor(open_for_writing(file, file).get(), file, fill);
  }
}

std::optional<fs::path> replaceable(const fs::path& file) {
  std::error_code error;
  if (file == standard) return std::nullopt;
  const fs::path target = fs::weakly_canonical(fs::absolute(file), error);
  if (error) throw file_error("cannot write", file, error.value());
  const auto kind = fs::status(target, error).type();
  if (kind == fs::file_type::directory) throw file_error("cannot write", file, EISDIR);
  if (kind != fs::file_type::regular && kind != fs::file_type::not_found) return std::nullopt;
  if (::access(target.parent_path().c_str(), W_OK) != 0) throw file_error("cannot write", file, errno);
  return target;
}

}  // namespace etude
