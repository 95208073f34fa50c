#include <algorithm>
#include <base/text.hpp>
#include <etude/error.hpp>
#include <report/html.hpp>

namespace etude {
namespace {

std::string class_attribute(const std::string& name) { return name.empty() ? "" : text(" class=\"", name, "\""); }

bool is_numeric(const HtmlTable& table, std::size_t column) {
  return std::any_of(table.rows.begin(), table.rows.end(),
                     [&](const auto& row) { return column < row.size() && row[column].number.has_value(); });
}

std::string cell_html(const HtmlCell& cell, bool numeric, bool first) {
  const char* const element = first ? "th" : "td";
  std::string html = text("<", element, first ? " scope=\"row\"" : "");
  if (numeric) html += cell.best ? " class=\"number best\"" : " class=\"number\"";
  if (cell.number) html += text(" data-value=\"", shortest(*cell.number), "\"");
  html += ">" + escape_html(cell.text);
  if (cell.best) html += "<span class=\"star\" title=\"the best\">\u2009\u2605</span><span class=\"unseen\"> (best)</span>";
  if (!cell.below.empty()) html += text("<small>", escape_html(cell.below), "</small>");
  return html + text("</", element, ">");
}

}  // namespace

std::string escape_html(const std::string& text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string chart_place(const Chart& chart, const std::string& description) {
  std::string html = text("<figure class=\"chart\" data-chart=\"", escape_html(chart.name), "\">\n<figcaption><h3>",
                          escape_html(chart.title), "</h3>");
  if (!chart.subtitle.empty()) html += text("<p>", escape_html(chart.subtitle), "</p>");
  return html +
         text("</figcaption>\n<div class=\"plot\" data-description=\"", escape_html(description), "\"></div>\n</figure>\n");
}

std::string chart_choices(const std::vector<ChartChoice>& choices) {
  std::string buttons, charts;
  for (const auto& choice : choices) {
    const bool first = &choice == &choices.front();
    buttons += text("<button type=\"button\" aria-pressed=\"", first ? "true" : "false", "\" data-shows=\"",
                    escape_html(choice.chart.name), "\">", escape_html(choice.name), "</button>");
    charts += text("<div", first ? "" : " hidden", " data-choice=\"", escape_html(choice.chart.name), "\">",
                   chart_place(choice.chart, choice.description), "</div>\n");
  }
  if (choices.size() < 2) return charts;
  return text("<div class=\"choices\">\n<div class=\"buttons\" role=\"group\" aria-label=\"what to show\">", buttons, "</div>\n",
              charts, "</div>\n");
}

HtmlCell number_cell(const std::optional<double>& value, std::string (*as_text)(double)) {
  return value ? HtmlCell{as_text(*value), value} : HtmlCell{"-"};
}

std::string html_table(const HtmlTable& table) {
  std::string html = text("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", escape_html(table.name),
                          "\"><table", class_attribute(table.sortable ? "sortable" : ""), "><thead><tr>");
  for (std::size_t i = 0; i < table.titles.size(); ++i)
    html += text("<th scope=\"col\"", class_attribute(is_numeric(table, i) ? "number" : ""), ">", escape_html(table.titles[i]),
                 "</th>");
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) html += cell_html(row[i], is_numeric(table, i), i == 0);
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string paragraph(const std::string& text) { return "<p>" + escape_html(text) + "</p>\n"; }

std::string list_of(const std::vector<std::string>& texts, const std::string& css_class) {
  if (texts.empty()) return "";
  std::string html = text("<ul", class_attribute(css_class), ">\n");
  for (const auto& one : texts) html += text("<li>", escape_html(one), "</li>\n");
  return html + "</ul>\n";
}

std::string details(const std::string& summary, const std::string& html) {
  return text("<details><summary>", escape_html(summary), "</summary>\n", html, "</details>\n");
}

}  // namespace etude
