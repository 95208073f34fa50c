#include <base/interrupt.hpp>
#include <evaluate/metric_view.hpp>

namespace etude {

RunView::RunView(Architecture& model, const Corpus& corpus, EvaluationOptions options, Sampler sampler, Directories directories)
    : model_(model),
      corpus_(corpus),
      options_(std::move(options)),
      sampler_(std::move(sampler)),
      directories_(std::move(directories)) {
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

std::filesystem::path RunView::samples_directory(const SampleRequest& request) {
  const auto [found, is_new] = samples_directories_.try_emplace(request);
  if (is_new) {
    found->second = directories_.samples / text("set-", samples_directories_.size());
    std::filesystem::remove_all(found->second);
    std::filesystem::create_directories(found->second);
  }
  return found->second;
}

DocumentSource& RunView::documents(Split split) { return documents_.emplace(corpus_, split); }

std::filesystem::path RunView::directory() {
  auto directory = directories_.metrics / metric_;
  std::filesystem::create_directories(directory);
  return directory;
}

void RunView::progress(const std::string& what, std::int64_t done, std::int64_t total) {
  if (interrupted()) throw Error("interrupted", "", Fault::interrupted);
  if (progress_.due()) progress_.update(text(metric_, ": ", what, ", ", done, total > 0 ? text(" of ", total) : ""));
}

}  // namespace etude
