// m: fields: short ways of writing music that a line of music uses.
#pragma once

#include <string>
#include <vector>

#include "fault.hpp"

namespace etude::music::strict {

/// Definitions of a tune, as "~G3 = G{A}G{F}G", or with n for any note, "~n3 = n{o}n{m}n", where h to z are notes as far from it
/// as they are from n. What they write is not looked at again.
class Macros {
 public:
  bool empty() const { return macros_.empty(); }
  /// Takes what stands behind m:.
  void define(const Place& value);
  /// The line with its macros written out, or its beginning if it grows by more than `allowance` bytes.
  std::string write_out(std::string_view line, std::size_t allowance) const;

 private:
  struct Macro {
    std::string before, behind;  ///< the target, around its n if it has one
    bool any_note = false;
    std::string replacement;
  };
  std::size_t match(const Macro& macro, std::string_view line, std::string& out) const;

  std::vector<Macro> macros_;
};

}  // namespace etude::music::strict
