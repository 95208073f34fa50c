// The one exception type of Etude.
#pragma once

#include <etude/api.hpp>
#include <sstream>
#include <stdexcept>
#include <string>

namespace etude {

/// Whose turn it is: `usage` means that the command line or the experiment must change (exit code 2), `failure` anything else
/// (1), `interrupted` that the user stopped the program and everything was saved (130).
enum class Fault { failure = 1, usage = 2, interrupted = 130 };

/// An error that says what happened and where (`message`), and what to do about it (`remedy`, may be empty).
/// `what()` is the message, then the remedy indented on lines of its own.
class ETUDE_API Error : public std::runtime_error {
 public:
  explicit Error(std::string message, std::string remedy = {}, Fault fault = Fault::failure);
  ~Error() override;

  const std::string& message() const noexcept { return message_; }
  const std::string& remedy() const noexcept { return remedy_; }
  Fault fault() const noexcept { return fault_; }

 private:
  std::string message_;
  std::string remedy_;
  Fault fault_;
};

/// An error in what the user asked for: exit code 2.
inline Error usage_error(std::string message, std::string remedy = {}) {
  return Error(std::move(message), std::move(remedy), Fault::usage);
}

/// Its arguments written one after the other: text("step ", 12, " of ", total).
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  out.precision(17);
  (out << ... << parts);
  return out.str();
}

}  // namespace etude
