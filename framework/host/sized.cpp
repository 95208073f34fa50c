#include <base/words.hpp>
#include <etude/architecture.hpp>
#include <host/guard.hpp>
#include <host/sized.hpp>

namespace etude {
namespace {

Error cannot_choose(const Catalogue& catalogue, const Part& part) {
  std::vector<std::string> others;
  for (const auto& plugin : catalogue.plugins())
    for (const auto& other : plugin.parts)
      if (other.sized) others.push_back(other.id);
  return usage_error(text("architecture ", part.id, " does not choose its shape by a number of parameters"),
                     text("set its own options (", joined(part.options.names()),
                          ") instead, or let its plugin offer sized() (see sdk/README.md)",
                          others.empty() ? "" : "; those that choose: " + joined(others)));
}

}  // namespace

Table options_for_size(const Catalogue& catalogue, const std::string& id, const Table& options, std::int64_t vocab_size,
                       std::int64_t context_length, double parameters) {
  const Part& part = catalogue.find(Kind::architecture, id);
  if (!part.sized) throw cannot_choose(catalogue, part);
  return guarded(text("architecture ", id), "sized", [&] {
    return part.sized(options, ModelContext{vocab_size, context_length}, parameters);
  });
}

}  // namespace etude
