#include <evaluate/metric_view.hpp>

namespace etude {

RunView::RunView(Architecture& model, const Corpus& corpus, EvaluationOptions options, Sampler sampler,
                 std::filesystem::path directory)
    : model_(model),
      corpus_(corpus),
      options_(std::move(options)),
      sampler_(std::move(sampler)),
      directory_(std::move(directory)) {
  options_.plan.stride = 0;
  options_.plan.windows = 0;
}

const SplitLoss& RunView::loss(Split split) {
  auto found = losses_.find(split);
  if (found == losses_.end()) found = losses_.emplace(split, measure_loss(model_, corpus_, split, options_)).first;
  return found->second;
}

const std::vector<std::string>& RunView::samples(const SampleRequest& request) {
  auto found = samples_.find(request);
  if (found == samples_.end()) found = samples_.emplace(request, sampler_(request)).first;
  return found->second;
}

std::filesystem::path RunView::directory() {
  auto directory = directory_ / metric_;
  std::filesystem::create_directories(directory);
  return directory;
}

}  // namespace etude
