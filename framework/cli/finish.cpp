#include <algorithm>
#include <analysis/scaling.hpp>
#include <base/log.hpp>
#include <base/system.hpp>
#include <cli/finish.hpp>
#include <iostream>
#include <report/page.hpp>
#include <study/study_runs.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

void fit_and_print(const fs::path& directory) {
  ScalingOptions options;
  options.threads = cpu_count();
  const auto analysis = analyse(points_of_runs(selected_runs(directory), {}), options);
  record_fits(directory, analysis);
  std::cout << '\n' << to_text(analysis) << std::flush;
}

void draw_report(const fs::path& directory) {
  const auto file = write_report(directory, {});
  std::cout << "\nreport   " << file.string() << std::endl;
}

}  // namespace

void finish_study(const Study& study, const fs::path& directory) {
  const auto finish = [&](const char* name, void (*work)(const fs::path&)) {
    if (std::find(study.finish.begin(), study.finish.end(), name) == study.finish.end()) return;
    try {
      work(directory);
    } catch (const std::exception& error) {
      log_warning(text("the runs are done, but the study's ", name, " cannot be made: ", error.what(),
                       "\nonce that is mended: etude ", name, " ", directory.string()));
    }
  };
  finish("fit", fit_and_print);
  finish("report", draw_report);
}

}  // namespace etude
