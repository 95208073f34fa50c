#include <cli/command.hpp>
#include <iostream>
#include <report/page.hpp>

namespace etude {

namespace po = boost::program_options;

int report_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("study", po::value<std::string>()->required(), "")(
      "output", po::value<std::string>()->value_name("FILE"), "the page (default: report.html in the study's directory)")(
      "svg", po::bool_switch(), "draw the charts as SVG files too, beside their specifications")(
      "png", po::bool_switch(), "draw the charts as PNG files too")("no-sound", po::bool_switch(),
                                                                    "embed no sound of samples: a smaller page")(
      "samples", po::value<int>()->default_value(ReportOptions{}.samples)->value_name("N"), "samples shown a run at most");
  po::variables_map values;
  if (!parse_arguments(arguments, "report STUDY [options]",
                       "Writes one HTML file that shows a study whole and needs no network: what it found, with charts, tables, "
                       "samples and where every number comes from. A study that is still running is shown as far as it is.",
                       options, "study", values))
    return 0;

  ReportOptions report;
  if (values.count("output")) report.file = values["output"].as<std::string>();
  report.svg = values["svg"].as<bool>();
  report.png = values["png"].as<bool>();
  report.sound = !values["no-sound"].as<bool>();
  report.samples = values["samples"].as<int>();
  std::cout << write_report(values["study"].as<std::string>(), report).string() << '\n';
  return 0;
}

}  // namespace etude
