// Pieces of HTML, against what a browser would make of them.
#include <catch.hpp>
#include <report/html.hpp>

using namespace etude;
using Catch::Contains;

TEST_CASE("Nothing in a text begins an element, an entity or ends an attribute") {
  CHECK(escape_html("<script>alert('a') && \"b\"</script>") ==
        "&lt;script&gt;alert(&#39;a&#39;) &amp;&amp; &quot;b&quot;&lt;/script&gt;");
  CHECK(escape_html("C \u266f &lt;") == "C \u266f &amp;lt;");
}

TEST_CASE("A table has names of rows, numbers to the right with what they are sorted by, and its best marked for every reader") {
  const auto html =
      html_table({"all <runs>", {"run", "loss"}, {{{"a<b"}, {"1.2 k", 1234.5, true, "1 to 2"}}, {{"c"}, {"-"}}}, true});
  CHECK_THAT(html, Contains("aria-label=\"all &lt;runs&gt;\""));
  CHECK_THAT(html, Contains("<table class=\"sortable\">"));
  CHECK_THAT(html, Contains("<th scope=\"col\" class=\"number\">loss</th>"));
  CHECK_THAT(html, Contains("<th scope=\"row\">a&lt;b</th>"));
  CHECK_THAT(html, Contains("<td class=\"number best\" data-value=\"1234.5\">1.2 k"));
  CHECK_THAT(html, Contains("(best)</span><small>1 to 2</small></td>"));
  CHECK_THAT(html, Contains("<td class=\"number\">-</td>"));
}

TEST_CASE("One of several charts is shown, a single one without buttons") {
  const Chart first{"first", "First <b>", "of two"}, second{"second", "Second", ""};
  const auto html = chart_choices({{"by tokens", first, "what \"it\" shows"}, {"by time", second, "the other"}});
  CHECK_THAT(html, Contains("aria-pressed=\"true\" data-shows=\"first\">by tokens</button>"));
  CHECK_THAT(html, Contains("aria-pressed=\"false\" data-shows=\"second\">by time</button>"));
  CHECK_THAT(html, Contains("<div data-choice=\"first\">"));
  CHECK_THAT(html, Contains("<div hidden data-choice=\"second\">"));
  CHECK_THAT(html, Contains("<h3>First &lt;b&gt;</h3><p>of two</p>"));
  CHECK_THAT(html, Contains("data-description=\"what &quot;it&quot; shows\""));
  CHECK_THAT(chart_choices({{"by tokens", first, ""}}), !Contains("<button"));
}
