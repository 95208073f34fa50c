// Pieces of HTML. Every text that is not the page's own goes through escape_html(), a model's above all.
#pragma once

#include <optional>
#include <report/chart.hpp>
#include <string>
#include <vector>

namespace etude {

/// `text` with the signs that mean something in HTML written so that they mean nothing, in elements and in quoted attributes.
std::string escape_html(const std::string& text);

/// The element in which the chart appears, its title above it.
/// @param description  what the chart shows, for those who do not see it
std::string chart_place(const Chart& chart, const std::string& description);

/// One of several charts of the same thing, chosen by its name.
struct ChartChoice {
  std::string name;  ///< "by tokens"
  Chart chart;
  std::string description;
};

/// The charts in one place, the first of them shown, with buttons that show another.
std::string chart_choices(const std::vector<ChartChoice>& choices);

struct HtmlCell {
  std::string text;
  std::optional<double> number{};  ///< what a sorted table orders by; without it by the text
  bool best = false;
  std::string below{};  ///< in small letters under the text: an interval
};

/// "-" where there is no number.
HtmlCell number_cell(const std::optional<double>& value, std::string (*as_text)(double));

struct HtmlTable {
  std::string name;  ///< what the table is, for those who do not see it
  std::vector<std::string> titles;
  std::vector<std::vector<HtmlCell>> rows{};
  bool sortable = false;
};

/// Columns whose cells have numbers stand to the right. A wide table scrolls by itself, not with the page.
std::string html_table(const HtmlTable& table);

/// `<p>` of a text.
std::string paragraph(const std::string& text);
/// `<ul>` of texts; empty for none.
std::string list_of(const std::vector<std::string>& texts, const std::string& css_class = {});
/// What opens on demand. @param html  the content as HTML
std::string details(const std::string& summary, const std::string& html);

}  // namespace etude
