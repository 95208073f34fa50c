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
  std::filesystem::path file{};   ///< empty: report.html in the study's folder
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
  std::vector<ReportRun> runs{};           ///< in the study's order
  std::vector<std::string> left_out{};     ///< damaged runs and the like, in words
  std::optional<Comparison> comparison{};  ///< of the runs, in their order
  std::optional<ScalingAnalysis> analysis{};
  std::string why_no_analysis{};
};

/// One part of the page: an HTML fragment, and its charts, each of which the fragment places by chart_place().
struct Section {
  std::string id{};  ///< of its anchor: "losses"
  std::string title{};
  std::string html{};
  std::vector<Chart> charts{};
  std::vector<std::string> left_out{};  ///< parts for which a program is missing, in words
};

/// Runs that cannot be read are left out and named.
/// @throws Error if there is no run that can be read
ReportData read_report_data(const std::filesystem::path& study_directory);

/// The page of these sections. Equal sections give equal pages.
/// @param vega  the script that draws charts (vega_bundle()); empty: none is drawn
std::string page_of(const std::string& title, const std::vector<Section>& sections, const std::vector<std::string>& left_out,
                    const std::string& vega);

/// Writes the page, and beside it the specifications of its charts in report/.
/// @return the file written
/// @throws Error if there is no run that can be read, or the file cannot be written
std::filesystem::path write_report(const std::filesystem::path& study_directory, const ReportOptions& options);

}  // namespace etude
