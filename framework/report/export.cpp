#include <base/files.hpp>
#include <base/log.hpp>
#include <cstdlib>
#include <etude/process.hpp>
#include <report/export.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

constexpr int no_vl_convert = 3;  // exit code of the script
constexpr double drawing_seconds = 60;

// A module that lies in the working directory is never taken for the installed one.
constexpr const char* script = R"(
import os, sys
sys.path = [place for place in sys.path if place]
try:
    import vl_convert
except ImportError as error:
    print(error)
    sys.exit(3)
for name in sys.argv[1:]:
    with open(name + ".vl.json", encoding="utf-8") as file:
        picture = vl_convert.vegalite_to_svg(file.read(), allowed_base_urls=[])
    with open(name + ".svg.partial", "w", encoding="utf-8") as file:
        file.write(picture)
    os.replace(name + ".svg.partial", name + ".svg")
)";

/// The Python that draws, or nothing.
fs::path find_python() {
  if (const char* named = std::getenv("ETUDE_PYTHON"); named && *named) return fs::absolute(named);
  if (is_program(ETUDE_RECORDED_PYTHON)) return ETUDE_RECORDED_PYTHON;
  return find_program("python3");
}

/// Why nothing was drawn, and what to do; empty if all was.
std::string draw(const fs::path& python, const fs::path& folder, const std::vector<Chart>& charts) {
  if (python.empty()) return "there is no python3 on PATH; install it with vl-convert-python, or name one in ETUDE_PYTHON";
  if (!is_program(python)) return text("ETUDE_PYTHON is ", python.string(), ", which is no program; name a Python there");
  std::vector<std::string> arguments{"-c", script};
  for (const auto& chart : charts) arguments.push_back(chart.name);
  // The drawing engine reserves far more address space than it uses.
  const ProcessLimits limits{.seconds = drawing_seconds, .memory_bytes = 0};
  const ProcessResult result = run_process(python, arguments, folder, limits, {});
  if (result.ok()) return "";
  if (result.end == ProcessResult::End::timed_out)
    return text(python.string(), " took more than ", drawing_seconds, " s; try again");
  const std::string said = result.last_line();
  if (result.end == ProcessResult::End::exited && result.code == no_vl_convert)
    return text(python.string(), " cannot import vl_convert (", said, "); install it: ", python.string(),
                " -m pip install vl-convert-python, or name a Python that has it in ETUDE_PYTHON");
  return text(python.string(), " failed: ", said.empty() ? text("code ", result.code) : said,
              "; see whether its vl-convert-python is current");
}

}  // namespace

bool export_charts(const fs::path& folder, const std::vector<Chart>& charts) {
  for (const auto& chart : charts) {
    fs::remove(folder / (chart.name + ".svg"));  // of an older specification
    write_file(folder / (chart.name + ".vl.json"), vega_lite(chart));
  }
  std::string wrong;
  try {
    wrong = draw(find_python(), fs::absolute(folder), charts);
  } catch (const Error& error) {
    wrong = error.what();
  }
  if (!wrong.empty())
    log_warning(text("charts are not drawn (their Vega-Lite specifications are in ", folder.string(), "): ", wrong));
  return wrong.empty();
}

}  // namespace etude
