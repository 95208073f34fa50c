#include <algorithm>
#include <base/text.hpp>
#include <generate/tunes.hpp>
#include <report/data_address.hpp>
#include <report/html.hpp>
#include <report/sample_choice.hpp>
#include <report/sample_media.hpp>
#include <report/sections.hpp>

namespace etude {
namespace {

constexpr int samples_a_page = 60;
constexpr std::size_t longest_text = 6000;  // bytes that are shown

std::vector<MediaRequest> requests_of(const std::vector<ShownSamples>& runs) {
  std::vector<MediaRequest> requests;
  for (const auto& run : runs)
    for (const auto& one : run.samples)
      requests.push_back(
          {one.judgement.parses() ? std::string(first_tune(one.sample->text)) : "", one.judgement.midi.value_or("")});
  return requests;
}

/// What the music library says of the text: a word, and why.
std::string judgement_html(const ShownSample& one) {
  if (!one.is_music) return one.verdicts.empty() ? "" : "<span class=\"verdict bad\">no tune</span>";
  if (one.judgement.exports()) return "<span class=\"verdict good\">exports to MIDI</span>";
  return one.judgement.parses() ? "<span class=\"verdict fair\">parses, but does not export</span>"
                                : "<span class=\"verdict bad\">does not parse</span>";
}

/// What each metric says; those that say the same share a line.
std::string reasons_html(const ShownSample& one) {
  std::vector<std::string> reasons;
  for (const auto& [metric, verdict] : one.verdicts) {
    const auto same = std::find_if(reasons.begin(), reasons.end(),
                                   [&, said = ": " + verdict](const std::string& reason) { return reason.ends_with(said); });
    if (verdict.empty()) continue;
    if (same == reasons.end())
      reasons.push_back(metric + ": " + verdict);
    else
      *same = same->substr(0, same->size() - verdict.size() - 2) + ", " + metric + ": " + verdict;
  }
  if (reasons.empty() && one.is_music) {
    if (!one.judgement.parses()) reasons.push_back(one.judgement.parse_error);
    if (one.judgement.parses() && !one.judgement.exports()) reasons.push_back(one.judgement.midi_error);
  }
  return list_of(reasons, "reasons");
}

std::string media_html(const SampleMedia& media, const std::string& name) {
  std::string html;
  if (!media.sheet.empty())
    html += text("<img class=\"sheet\" alt=\"", escape_html("sheet music of " + name), "\" src=\"", svg_address(media.sheet),
                 "\">\n");
  if (media.sound) {
    html += text("<audio controls preload=\"none\" aria-label=\"", escape_html("sound of " + name), "\" src=\"",
                 data_address("audio/ogg", media.sound->ogg), "\"></audio>\n");
    if (!media.sound->whole) html += text("<p class=\"quiet\">its first ", fixed(media.sound->seconds, 0), " seconds</p>\n");
  }
  return html + list_of(media.failures, "reasons");
}

/// A model's text as it wrote it, up to a length.
std::string text_html(const std::string& sample) {
  std::string shown = sample.substr(0, longest_text);
  // Not within a character: its later bytes are 10xxxxxx.
  while (shown.size() < sample.size() && !shown.empty() && (sample[shown.size()] & 0xC0) == 0x80) shown.pop_back();
  std::string html = "<pre><code>" + escape_html(shown) + "</code></pre>\n";
  if (shown.size() < sample.size())
    html += paragraph(text("The first ", shown.size(), " of ", sample.size(), " bytes; all of it is in run.h5."));
  return html;
}

std::string sample_html(const ShownSample& one, const SampleMedia& media, const ShownSamples& run) {
  const std::string title = run.while_training ? text("step ", one.step) : text("sample ", one.number);
  const std::string name = title + " of " + run.run->data.header.label;
  std::string html = text("<article class=\"sample\"><h4>", escape_html(title), ' ', judgement_html(one), "</h4>\n",
                          media_html(media, name), reasons_html(one));
  // Where it is all that there is, the text stands open.
  html += media.sheet.empty() ? text_html(one.sample->text) : details("text", text_html(one.sample->text));
  return html + "</article>\n";
}

std::string summary_of(const ShownSamples& run) {
  std::string words =
      text(run.run->data.header.label, ": ", run.samples.size(), " of ", counted(static_cast<std::int64_t>(run.drawn), "sample"),
           run.while_training ? " drawn while training" : "");
  if (run.judged > 0)
    words += text(run.judged < run.drawn ? text(", of the first ", run.judged, " ") : std::string(", "), run.exported,
                  run.exported == 1 ? " exports" : " export", " to MIDI");
  return words;
}

std::string introduction(const std::vector<ShownSamples>& runs, std::size_t with_samples) {
  std::string words =
      "Nothing here is mended. Half of what is shown are the first samples that become MIDI files, half the first that do not, "
      "as "
      "far as there are such.";
  if (runs.size() < with_samples)
    words += text(" Of ", with_samples, " runs with samples, the ", runs.size(), " of the lowest validation loss are shown.");
  return words;
}

std::string run_html(const ShownSamples& run, const SampleMedia*& media, bool open) {
  std::string samples;
  for (const auto& one : run.samples) samples += sample_html(one, *media++, run);
  return text("<details class=\"run-samples\"", open ? " open" : "", "><summary>", escape_html(summary_of(run)),
              "</summary>\n<div class=\"samples\">\n", samples, "</div>\n</details>\n");
}

}  // namespace

Section samples_section(const ReportData& data, const ReportOptions& options) {
  Section section{.id = "samples", .title = "Samples"};
  const auto runs = choose_samples(data.runs, options.samples, samples_a_page);
  if (runs.empty()) return section;
  const MediaPrograms programs = find_media_programs(options.sound);
  section.left_out = programs.missing;
  const auto rendered = render_samples(requests_of(runs), programs);
  section.html = paragraph(introduction(runs, count_with_samples(data.runs)));
  const SampleMedia* media = rendered.data();
  const ReportRun* best = lowest_validation(runs);
  for (const auto& run : runs) section.html += run_html(run, media, run.run == best);
  return section;
}

}  // namespace etude
