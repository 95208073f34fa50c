#include <fcntl.h>

#include <cerrno>
#include <corpus/output_file.hpp>

namespace etude {

OutputFile::OutputFile(std::filesystem::path file)
    : file_(std::move(file)), descriptor_(open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
  if (descriptor_.get() < 0) throw file_error("cannot write", file_, errno);
}

void OutputFile::write(std::string_view bytes) {
  constexpr std::size_t buffer_bytes = 1 << 20;
  buffer_ += bytes;
  bytes_ += static_cast<std::int64_t>(bytes.size());
  if (buffer_.size() >= buffer_bytes) flush();
}

void OutputFile::flush() {
  descriptor_.write(buffer_, file_);
  digest_.add(buffer_);
  buffer_.clear();
}

FileSummary OutputFile::close() {
  flush();
  descriptor_.sync_and_close(file_);
  return {file_.filename().string(), bytes_, digest_.hexadecimal()};
}

}  // namespace etude
