#include <base/files.hpp>
#include <cerrno>
#include <fstream>
#include <record/events.hpp>
#include <record/journal.hpp>
#include <record/journal_tail.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// The last `bytes` of the file, or all of it.
std::string last_bytes(const fs::path& file, std::uintmax_t bytes) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = in ? static_cast<std::uintmax_t>(in.tellg()) : 0;
  std::string content(static_cast<std::size_t>(std::min(size, bytes)), '\0');
  in.seekg(static_cast<std::streamoff>(size - content.size()));
  if (!in.read(content.data(), static_cast<std::streamsize>(content.size()))) throw file_error("cannot read", file, errno);
  return content;
}

/// Looks at one line, the last of all at first. @return true once nothing before it matters
bool take_line(std::string_view line, bool last, JournalTail& tail) {
  const bool state = line.starts_with(R"({"event":"state")");
  if (!state && !line.starts_with(R"({"event":"train")")) return false;
  RunData data;
  try {
    apply_event(line, journal_name, data);
  } catch (const Error&) {
    return false;
  }
  if (state && last) {
    tail.state = data.state;
    tail.reason = data.reason;
  }
  if (!data.train.empty()) tail.train = data.train.back();
  return tail.train.has_value();
}

/// @return false if the last step may stand before `content`
bool take_lines(std::string_view content, JournalTail& tail) {
  auto end = content.rfind('\n');
  for (bool last = true; end != std::string_view::npos; last = false) {
    const auto before = end == 0 ? std::string_view::npos : content.rfind('\n', end - 1);
    // The first line of what was read may lack its beginning; then it is no line of ours.
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    if (take_line(content.substr(begin, end - begin), last, tail)) return true;
    end = before;
  }
  return false;
}

}  // namespace

JournalTail journal_tail(const fs::path& run_directory) {
  const fs::path file = run_directory / journal_name;
  JournalTail tail;
  if (!fs::exists(file)) return tail;
  // A run whose journal does not end in a state is going on, or was killed.
  tail.state = "running";
  const auto size = fs::file_size(file);
  for (std::uintmax_t bytes = 4096;; bytes *= 16)
    if (take_lines(last_bytes(file, bytes), tail) || bytes >= size) break;
  if (tail.state == "running" && !DirectoryLock::held(run_directory)) {
    tail.state = "interrupted";
    tail.reason = "ended without a word: killed, or the machine stopped";
  }
  return tail;
}

}  // namespace etude
