#include <base/table.hpp>
#include <catch.hpp>

namespace etude {

TEST_CASE("Columns align, numbers to the right, wide characters counted as they are shown") {
  TextTable table({"run", "loss", "note"});
  table.add({"gpt", "*1.25", ""});
  table.add({"音楽", "10.5", "lossy"});
  table.add({"lstm"});
  CHECK(table.text() ==
        "run    loss  note\n"
        "----  -----  -----\n"
        "gpt   *1.25\n"
        "音楽   10.5  lossy\n"
        "lstm\n");
  CHECK(table.text(2).substr(0, 5) == "  run");
}

TEST_CASE("A table without titles is its rows alone") {
  TextTable table;
  CHECK(table.empty());
  table.add({"a", "b"});
  CHECK(table.text() == "a  b\n");
}

TEST_CASE("Markdown cells cannot break out of their column") {
  TextTable table({"name", "value"});
  table.add({"a|b", "1"});
  CHECK(table.markdown() ==
        "| name | value |\n"
        "|---|---:|\n"
        "| a\\|b | 1 |\n");
}

}  // namespace etude
