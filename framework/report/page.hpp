// `etude report`: a study as one HTML file that needs nothing else.
#pragma once

#include <analysis/scaling.hpp>
#include <filesystem>
#include <optional>
#include <record/run_record.hpp>
#include <record/study_file.hpp>
#include <report/chart.hpp>
#include <string>
#include <study/comparison.hpp>
#include <vector>

namespace etude {

struct ReportOptions {
  std::filesystem::path file;     ///< empty: report.html in the study's folder
  bool sound = true;              ///< audio of samples, where fluidsynth is there
  bool svg = false, png = false;  ///< charts as pictures too
  int samples = 12;               ///< texts shown a run at most
};

struct ReportRun {
  std::filesystem::path directory;
  RunData data;
  bool selected = true;
};

/// All that the page is made of, read once.
struct ReportData {
  std::filesystem::path directory;
  StudyRecord study;
  std::vector<ReportRun> runs;
  std::vector<std::string> left_out;  ///< damaged runs, parts for which a program is missing: in words
  std::optional<Comparison> comparison;
  std::optional<ScalingAnalysis> analysis;
  std::string why_no_analysis;
};

/// One part of the page: an HTML fragment, and its charts, each of which the fragment places by `chart_place(name)`.
struct Section {
  std::string id;  ///< of its anchor: "losses"
  std::string title;
  std::string html;
  std::vector<Chart> charts{};
};

/// `text` with the signs that mean something in HTML written so that they mean nothing. Every text that is not the page's own
/// goes through this, a model's above all.
std::string escape_html(const std::string& text);

/// The element in which the chart of this name appears.
std::string chart_place(const std::string& name, const std::string& description);

/// @return the file written
std::filesystem::path write_report(const std::filesystem::path& study_directory, const ReportOptions& options);

}  // namespace etude
