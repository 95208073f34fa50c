#include <torch/torch.h>

#include <cmath>
#include <etude/architecture.hpp>
#include <etude/plugin.hpp>

#include "promises.hpp"

namespace etude::testing {
namespace {

class SizeChecks {
 public:
  SizeChecks(const Part& part, const ModelContext& context, Promises& promises)
      : part_(part), context_(context), promises_(promises) {}

  Table sized(const Table& wanted, double parameters) const {
    return part_.sized(part_.options.resolve(wanted), context_, parameters);
  }

  /// @return the parameters that the model has
  std::int64_t check(double parameters) {
    const Table options = sized({}, parameters);
    const std::string asked = text("sized() for ", static_cast<std::int64_t>(parameters), " parameters ");
    promises_.expect(part_.options.check(options, part_.id, part_.id).empty(), asked + "gives valid options");
    promises_.expect(options == sized({}, parameters), asked + "gives the same options each time");
    const auto model = std::get<ArchitectureFactory>(part_.make)(options, context_);
    const auto total = model->parameter_counts().total();
    promises_.expect(std::abs(static_cast<double>(total) / parameters - 1) <= 0.1,
                     text(asked, "gives a model within a tenth of that, not one of ", total));
    return total;
  }

  /// Truth values and fractions are no shape: they come back as they were wanted.
  void check_kept(double parameters) {
    for (const OptionSpec& option : part_.options) {
      Table wanted;
      if (const auto* flag = option.default_value.get_if<bool>())
        wanted.set(option.name, Value(!*flag));
      else if (option.default_value.get_if<double>() && option.constraint && option.constraint->low && option.constraint->high)
        wanted.set(option.name, Value((*option.constraint->low + *option.constraint->high) / 2));
      else
        continue;
      promises_.expect(*sized(wanted, parameters).find(option.name) == *wanted.find(option.name),
                       text("sized() keeps ", option.name, " as it is wanted"));
    }
  }

 private:
  const Part& part_;
  const ModelContext& context_;
  Promises& promises_;
};

}  // namespace

BrokenPromises check_sizes(const Part& part, const ModelContext& context, const std::vector<double>& sizes) {
  Promises promises;
  promises.expect(part.sized != nullptr, text("architecture ", part.id, " offers sized()"));
  if (!part.sized) return promises.take();
  SizeChecks checks(part, context, promises);
  promises.section("sized() finds shapes for sizes that can be had", [&] {
    std::int64_t before = 0;
    for (const double parameters : sizes) {
      const auto total = checks.check(parameters);
      promises.expect(total > before, "models of larger sizes are larger");
      before = total;
    }
  });
  promises.section("sized() takes any wanted options", [&] { checks.check_kept(sizes.front()); });
  promises.expect_error("sized() for a single parameter is an Error", [&] { checks.sized({}, 1); });
  return promises.take();
}

}  // namespace etude::testing
