#include <algorithm>

#include "promises.hpp"

namespace etude::testing {
namespace {

void check_table(const OptionTable& options, const std::string& prefix, Promises& promises) {
  const auto names = options.names();
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  for (const auto& spec : options) {
    const std::string name = prefix + spec.name;
    promises.expect(!spec.name.empty() && std::all_of(spec.name.begin(), spec.name.end(), allowed),
                    text("option \"", name, "\" is named in lower case letters, digits and '_'"));
    promises.expect(std::count(names.begin(), names.end(), spec.name) == 1, text("option ", name, " is declared once"));
    promises.expect(!spec.help.empty(), text("option ", name, " has a line of help"));
    if (spec.nested) {
      check_table(*spec.nested, name + '.', promises);
    } else if (!spec.is_required) {
      const auto problems = OptionTable({spec}).check(Table{{spec.name, spec.default_value}}, "", "");
      for (const auto& problem : problems)
        promises.expect(false, text("the default of ", name, " is allowed: ", problem.message));
    }
  }
}

}  // namespace

BrokenPromises check_options(const OptionTable& options) {
  Promises promises;
  check_table(options, "", promises);
  return promises.take();
}

}  // namespace etude::testing
