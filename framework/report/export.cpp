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
constexpr const char* import_vl_convert = R"(
import os, sys
sys.path = [place for place in sys.path if place]
try:
    import vl_convert
except ImportError as error:
    print(error)
    sys.exit(3)
)";

constexpr const char* draw_charts = R"(
kinds = {"svg": vl_convert.vegalite_to_svg, "png": lambda chart, **options: vl_convert.vegalite_to_png(chart, scale=2, **options)}
for kind in sys.argv[1].split(","):
    for name in sys.argv[2:]:
        with open(name + ".vl.json", encoding="utf-8") as file:
            picture = kinds[kind](file.read(), allowed_base_urls=[])
        with open(name + "." + kind + ".partial", "wb") as file:
            file.write(picture if isinstance(picture, bytes) else picture.encode("utf-8"))
        os.replace(name + "." + kind + ".partial", name + "." + kind)
)";

constexpr const char* write_bundle = R"(
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
)";

/// The Python that draws, or nothing.
fs::path find_python() {
  if (const char* named = std::getenv("ETUDE_PYTHON"); named && *named) return fs::absolute(named);
  if (is_program(ETUDE_RECORDED_PYTHON)) return ETUDE_RECORDED_PYTHON;
  return find_program("python3");
}

/// Why the work was not done, and what to do; empty if it was.
std::string failure_of(const fs::path& python, std::vector<std::string> arguments, const std::string& work,
                       const fs::path& folder) {
  if (python.empty()) return "there is no python3 on PATH; install it with vl-convert-python, or name one in ETUDE_PYTHON";
  if (!is_program(python)) return text("ETUDE_PYTHON is ", python.string(), ", which is no program; name a Python there");
  arguments.insert(arguments.begin(), {"-c", import_vl_convert + work});
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

std::string run_vl_convert(const std::vector<std::string>& arguments, const std::string& work, const fs::path& folder) {
  try {
    return failure_of(find_python(), arguments, work, fs::absolute(folder));
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

bool export_charts(const fs::path& folder, const std::vector<Chart>& charts, const Pictures& pictures) {
  std::error_code ignored;  // what cannot be written tells it below
  for (const auto& chart : charts) {
    for (const char* kind : {".svg", ".png"}) fs::remove(folder / (chart.name + kind), ignored);  // of an older specification
    write_file(folder / (chart.name + ".vl.json"), vega_lite(chart));
  }
  if (charts.empty() || !(pictures.svg || pictures.png)) return true;
  std::vector<std::string> arguments{pictures.svg ? pictures.png ? "svg,png" : "svg" : "png"};
  for (const auto& chart : charts) arguments.push_back(chart.name);
  const std::string wrong = run_vl_convert(arguments, draw_charts, folder);
  if (!wrong.empty())
    log_warning(text("charts are not drawn (their Vega-Lite specifications are in ", folder.string(), "): ", wrong));
  return wrong.empty();
}

VegaBundle vega_bundle(const fs::path& folder) {
  VegaBundle bundle;
  const fs::path file = folder / "vega.js.partial";
  bundle.why_not = run_vl_convert({file.filename().string()}, write_bundle, folder);
  try {
    if (bundle.why_not.empty()) bundle.script = read_file(file);
  } catch (const Error& error) {
    bundle.why_not = error.what();
  }
  std::error_code ignored;
  fs::remove(file, ignored);
  return bundle;
}

}  // namespace etude
