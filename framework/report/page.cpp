#include <base/files.hpp>
#include <base/log.hpp>
#include <etude/error.hpp>
#include <nlohmann/json.hpp>
#include <report/export.hpp>
#include <report/html.hpp>
#include <report/page_files.hpp>
#include <report/sections.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

std::vector<Section> sections_of(const ReportData& data, const ReportOptions& options) {
  std::vector<Section> sections{summary_section(data),          losses_section(data), comparison_section(data),
                                curves_section(data),           costs_section(data),  validity_section(data),
                                samples_section(data, options), corpus_section(data), provenance_section(data)};
  return sections;
}

/// JSON that may stand in a script element: nothing in it ends the element.
std::string embedded(const nlohmann::ordered_json& json) {
  std::string escaped;
  for (const char c : json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace))
    escaped += c == '<' ? "\\u003c" : std::string(1, c);
  return escaped;
}

std::string charts_json(const std::vector<Section>& sections) {
  auto charts = nlohmann::ordered_json::object();
  for (const auto& section : sections)
    for (const auto& chart : section.charts) charts[chart.name] = nlohmann::ordered_json::parse(vega_lite(chart));
  return embedded(charts);
}

std::string navigation(const std::vector<Section>& sections) {
  std::string html = "<nav aria-label=\"sections\"><ul>";
  for (const auto& section : sections)
    if (!section.html.empty()) html += text("<li><a href=\"#", section.id, "\">", escape_html(section.title), "</a></li>");
  return html + "</ul></nav>\n";
}

std::string body_of(const std::string& title, const std::vector<Section>& sections, const std::vector<std::string>& left_out) {
  std::string html = text("<a class=\"skip\" href=\"#content\">to the content</a>\n<header><h1>", escape_html(title), "</h1>\n",
                          navigation(sections), "</header>\n<main id=\"content\">\n");
  for (const auto& section : sections)
    if (!section.html.empty())
      html += text("<section id=\"", section.id, "\" aria-labelledby=\"", section.id, "-title\">\n<h2 id=\"", section.id,
                   "-title\">", escape_html(section.title), "</h2>\n", section.html, "</section>\n");
  if (!left_out.empty())
    html += text("<section id=\"left-out\" aria-labelledby=\"left-out-title\">\n<h2 id=\"left-out-title\">Left out</h2>\n",
                 list_of(left_out), "</section>\n");
  return html + "</main>\n";
}

/// Where the charts go by themselves: report.html has them in report/.
fs::path charts_folder(const fs::path& file) {
  return file.has_extension() ? file.parent_path() / file.stem() : fs::path(file.string() + "-charts");
}

}  // namespace

std::string page_of(const std::string& title, const std::vector<Section>& sections, const std::vector<std::string>& left_out,
                    const std::string& vega) {
  const std::string body = body_of(title, sections, left_out);
  const std::string charts = vega.empty() ? "{}" : charts_json(sections);
  // Only scripts that carry this word run, and nothing is fetched. Made from all of the page's content, it cannot stand in it.
  const std::string nonce = sha256(body + charts).substr(0, 32);
  const std::string policy =
      text("default-src 'none'; script-src 'nonce-", nonce,
           "'; style-src 'unsafe-inline'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'");
  std::string page = text("<!DOCTYPE html>\n<html lang=\"en\"", vega.empty() ? " class=\"without-charts\"" : "",
                          ">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"", policy,
                          "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                          "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"Etude\">\n"
                          "<link rel=\"icon\" href=\"data:,\">\n<title>",
                          escape_html(title), "</title>\n<style>\n", page_style, "</style>\n</head>\n<body>\n", body);
  page += text("<script type=\"application/json\" id=\"charts\">", charts, "</script>\n");
  if (!vega.empty()) page += text("<script type=\"module\" nonce=\"", nonce, "\">", vega, "</script>\n");
  return page + text("<script type=\"module\" nonce=\"", nonce, "\">\n", page_script, "</script>\n</body>\n</html>\n");
}

fs::path write_report(const fs::path& study_directory, const ReportOptions& options) {
  const ReportData data = read_report_data(study_directory);
  const fs::path file = options.file.empty() ? study_directory / "report.html" : options.file;
  const fs::path folder = charts_folder(file);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) throw file_error("cannot make the folder", folder, failed.value());

  const std::vector<Section> sections = sections_of(data, options);
  std::vector<std::string> left_out = data.left_out;
  std::vector<Chart> charts;
  for (const auto& section : sections) {
    charts.insert(charts.end(), section.charts.begin(), section.charts.end());
    left_out.insert(left_out.end(), section.left_out.begin(), section.left_out.end());
  }
  export_charts(folder, charts, {options.svg, options.png});
  const VegaBundle bundle = charts.empty() ? VegaBundle{} : vega_bundle(folder);
  if (!bundle.why_not.empty()) {
    left_out.push_back("charts: " + bundle.why_not);
    log_warning("the report has no charts: " + bundle.why_not);
  }
  write_file(file, page_of(data.study.study, sections, left_out, bundle.script));
  return file;
}

}  // namespace etude
