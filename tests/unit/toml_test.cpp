#include <catch.hpp>
#include <config/toml.hpp>

#include "experiment_fixture.hpp"

using namespace etude;
using etude::testing::error_of;

TEST_CASE("Keys of a TOML table keep the order of the file") {
  const Table table = parse_toml("zebra = 1\napple = { z = 1, a = 2 }\n[mango]\nb.y = 1\nb.x = 2\na = 3\n", "x.toml");
  std::vector<std::string> keys;
  for (const Entry& entry : table) keys.push_back(entry.key);
  REQUIRE(keys == std::vector<std::string>{"zebra", "apple", "mango"});
  REQUIRE(table.find("mango")->toml() == "{ b = { y = 1, x = 2 }, a = 3 }");
  REQUIRE(table.find("apple")->toml() == "{ z = 1, a = 2 }");
}

TEST_CASE("Every TOML value and key knows its line and column") {
  const Table table =
      parse_toml("# comment\n  name = \"x\"\n[a.b]\nlist = [1, 2.5,\n  true]\n[[metric]]\nplugin = 'p'\n", "dir/x.toml");
  const Value& name = *table.find("name");
  REQUIRE(name.origin().text() == "dir/x.toml:2:10");
  REQUIRE(table.begin()->key_origin.text() == "dir/x.toml:2:3");
  const Array& list = *table.find("a")->get_if<Table>()->find("b")->get_if<Table>()->find("list")->get_if<Array>();
  REQUIRE(list[0].origin().text() == "dir/x.toml:4:9");
  REQUIRE(list[2].origin().text() == "dir/x.toml:5:3");
  const Value& metric = (*table.find("metric")->get_if<Array>())[0];
  REQUIRE(metric.origin().line == 6);
  REQUIRE(metric.get_if<Table>()->find("plugin")->origin().text() == "dir/x.toml:7:10");
}

TEST_CASE("TOML values keep their types") {
  const Table table = parse_toml("i = 100_000\nf = 3e-4\ng = 1.0\nb = true\ns = \"\\u00e9\"\nh = 0x10\nn = inf\n", "x.toml");
  REQUIRE(*table.find("i")->get_if<std::int64_t>() == 100000);
  REQUIRE(*table.find("f")->get_if<double>() == 3e-4);
  REQUIRE(*table.find("g")->get_if<double>() == 1.0);
  REQUIRE(*table.find("b")->get_if<bool>());
  REQUIRE(*table.find("s")->get_if<std::string>() == "\xc3\xa9");
  REQUIRE(*table.find("h")->get_if<std::int64_t>() == 16);
  REQUIRE(*table.find("n")->get_if<double>() == std::numeric_limits<double>::infinity());
}

TEST_CASE("A syntax error is reported with file, line and column") {
  const Error missing = error_of([] { parse_toml("a = 1\nb = \n", "x.toml"); });
  REQUIRE_THAT(missing.message(), Catch::StartsWith("x.toml:2:"));
  REQUIRE(missing.fault() == Fault::usage);
  const Error twice = error_of([] { parse_toml("a = 1\na = 2\n", "x.toml"); });
  REQUIRE_THAT(twice.message(), Catch::StartsWith("x.toml:2:"));
  REQUIRE_THAT(twice.remedy(), Catch::Contains("only once"));
  const Error inlined = error_of([] { parse_toml("a = { b = 1,\n c = 2 }\n", "x.toml"); });
  REQUIRE_THAT(inlined.message(), Catch::StartsWith("x.toml:1:"));
  REQUIRE_THAT(inlined.remedy(), Catch::Contains("one line"));
}

TEST_CASE("A date in an experiment is an error at its place") {
  const Error error = error_of([] { parse_toml("a = 1\nday = 2024-05-01\n", "x.toml"); });
  REQUIRE_THAT(error.message(), Catch::StartsWith("x.toml:2:7: dates"));
}
