#include "music_sample.hpp"

#include "files.hpp"
#include "outcomes.hpp"

namespace metric_music {

JudgedTunes judge_tunes(etude::MetricView& view, const etude::SampleRequest& request, const char* suffix, const Judge& judge) {
  const auto& texts = view.samples(request);
  const auto directory = view.samples_directory(request);
  const std::string no_tune = "invalid: it has no X: field";
  JudgedTunes judged;
  Outcomes outcomes;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto& tune = judged.tunes.emplace_back(cut_tune(texts[i]));
    Judgement judgement = tune.text.empty() ? Judgement{no_tune, no_tune, {}} : judge(tune);
    outcomes.add(judgement.outcome);
    etude::JudgedSample sample{texts[i], std::move(judgement.verdict), {}};
    if (!judgement.file.empty()) sample.file = write_file(directory / (etude::sample_name(i) + suffix), judgement.file);
    judged.result.samples.push_back(std::move(sample));
  }
  judged.result.tables["outcomes"] = outcomes.table();
  return judged;
}

std::string reason_of(const std::string& message) {
  constexpr std::string_view heading = "no ABC: ";
  return message.starts_with(heading) ? message.substr(heading.size()) : message;
}

}  // namespace metric_music
