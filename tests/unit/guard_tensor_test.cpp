#include <torch/torch.h>

#include <etude/architecture.hpp>
#include <host/guard.hpp>
#include <host/loader.hpp>

#include "catch.hpp"
#include "plugin_files.hpp"

using namespace etude;
using namespace etude::test;

namespace {

const Catalogue& catalogue() {
  static const Catalogue loaded({load_plugin(bad_plugin("throws_when_called"))});
  return loaded;
}

std::string failure_of_forward(const std::string& id) {
  const auto model = catalogue().make_architecture(id, {}, ModelContext{4, 8});
  try {
    guarded("architecture " + id, "forward", [&] { return model->forward(torch::zeros({1, 2}, torch::kLong)); });
  } catch (const Error& error) {
    return error.message();
  }
  return "nothing";
}

/// A view whose losses cannot be had.
class FailingView final : public MetricView {
 public:
  explicit FailingView(Fault fault) : fault_(fault) {}
  Architecture& model() override { throw std::logic_error("not asked for"); }
  const Tokenizer& tokenizer() override { throw std::logic_error("not asked for"); }
  const SplitLoss& loss(Split) override { throw Error("the split is empty", "use more documents", fault_); }
  const std::vector<std::string>& samples(const SampleRequest&) override { throw std::logic_error("not asked for"); }
  std::filesystem::path samples_directory(const SampleRequest&) override { throw std::logic_error("not asked for"); }
  DocumentSource& documents(Split) override { throw std::logic_error("not asked for"); }
  std::filesystem::path directory() override { return "."; }
  void progress(const std::string&, std::int64_t, std::int64_t) override {}
  void warn(const std::string&) override {}

 private:
  Fault fault_;
};

}  // namespace

TEST_CASE("Whatever forward() throws becomes an error that names the plugin and the call") {
  const std::string torch_message = failure_of_forward("throws_torch_error");
  CHECK_THAT(torch_message, Catch::StartsWith("plugin architecture throws_torch_error failed in forward(): "));
  CHECK_THAT(torch_message, Catch::Contains("mat1 and mat2 shapes cannot be multiplied"));
  CHECK_THAT(torch_message, !Catch::Contains("frame #") && !Catch::Contains("Exception raised from"));
  CHECK(failure_of_forward("throws_standard_exception") ==
        "plugin architecture throws_standard_exception failed in forward(): no such bar");
  CHECK(failure_of_forward("throws_number") ==
        "plugin architecture throws_number failed in forward(): threw something that is not a std::exception");
}

TEST_CASE("A constructor that throws a type of its own is caught too") {
  CHECK_THROWS_WITH(catalogue().make_metric("throws_in_constructor", {}),
                    "plugin metric throws_in_constructor failed in constructor(): threw something that is not a std::exception");
}

TEST_CASE("What the host threw while a plugin used it comes back as it was") {
  const auto metric = catalogue().make_metric("asks_for_loss", {});
  const auto fault = GENERATE(Fault::failure, Fault::interrupted);
  FailingView view(fault);
  try {
    metric->evaluate(view);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.message() == "the split is empty");
    CHECK(error.remedy() == "use more documents");
    CHECK(error.fault() == fault);
  }
}
