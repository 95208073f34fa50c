#include <analysis/csv.hpp>
#include <analysis/points.hpp>
#include <catch.hpp>
#include <cmath>
#include <fstream>
#include <temporary_directory.hpp>

namespace etude {
namespace {

/// A table in a folder of its own.
struct Given {
  explicit Given(const std::string& content) { std::ofstream(file, std::ios::binary) << content; }
  testing::TemporaryDirectory directory;
  std::filesystem::path file = directory.path() / "points.csv";

  PointSet points(PointColumns columns = {}) const {
    if (columns.parameters.empty()) columns.parameters = "N";
    if (columns.loss.empty()) columns.loss = "loss";
    return points_of_csv(file, columns);
  }
  /// What is said of it.
  std::string error(const PointColumns& columns = {}) const {
    try {
      points(columns);
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::usage);
      return error.what();
    }
    return "nothing";
  }
};

}  // namespace

TEST_CASE("Cells may be quoted, lines end either way, and a mark of byte order is passed over") {
  const Given given("\xEF\xBB\xBFname,\"Model, size\",loss\r\n\"a \"\"b\"\"\nc\",10,2\r\n\r\nd,20,\"1.5\"");
  const auto table = read_csv(given.file);
  CHECK(table.titles == std::vector<std::string>{"name", "Model, size", "loss"});
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].cells[0] == "a \"b\"\nc");
  CHECK(table.rows[1].cells == std::vector<std::string>{"d", "20", "1.5"});
  CHECK(table.rows[1].line == 5);
}

TEST_CASE("Rows become points, with D as given or of the FLOPs") {
  const Given given("N,D,C,loss,kind\n1e6,2e7,1.5e14,2.5,gpt\n 2e6 , 4e7,6e14,+2.25,lstm\n");
  const auto with_tokens = given.points({.parameters = "N", .loss = "loss", .tokens = "D", .flops = "C", .family = "kind"});
  REQUIRE(with_tokens.points.size() == 2);
  CHECK(with_tokens.points[1].parameters == 2e6);
  CHECK(with_tokens.points[1].tokens == 4e7);
  CHECK(with_tokens.points[1].loss == 2.25);
  CHECK(with_tokens.points[1].flops == 6e14);
  CHECK(with_tokens.points[1].family == "lstm");
  CHECK(with_tokens.points[1].run == "line 3");
  CHECK(given.points({.parameters = "N", .loss = "loss", .flops = "C"}).points[0].tokens == Approx(1.5e14 / 6e6));
  CHECK(std::isnan(given.points().points[0].tokens));
  CHECK(given.points({.parameters = "N", .loss = "loss", .tokens = "D"}).points[0].flops == Approx(6 * 1e6 * 2e7));
}

TEST_CASE("Conditions choose rows, as numbers where both sides are") {
  const Given given("N,loss,outlier\n1,3,False\n2,2.50,True\n3,2,False\n");
  const auto left = [&](const std::string& condition) {
    PointColumns columns;
    columns.where = {row_condition(condition)};
    std::string sizes;
    for (const auto& point : given.points(columns).points) sizes += std::to_string(static_cast<int>(point.parameters));
    return sizes;
  };
  CHECK(left("outlier=False") == "13");
  CHECK(left("outlier!=False") == "2");
  CHECK(left("loss = 2.5") == "2");
  CHECK(left("loss<2.5") == "3");
  CHECK(left("loss<=2.5") == "23");
  CHECK(left("N>=2") == "23");
  CHECK(left("N>2") == "3");
  CHECK_THROWS_WITH(row_condition("outlier"), Catch::Contains("is no condition"));
  CHECK_THROWS_WITH(row_condition("=1"), Catch::Contains("is no condition"));
  CHECK_THROWS_WITH(row_condition("loss<high"), Catch::Contains("'high' is no number"));
}

TEST_CASE("Rows without a loss are left out and told of") {
  const auto set = Given("N,loss\n1,3\n2,\n3,NaN\n4,2\n").points();
  CHECK(set.points.size() == 2);
  REQUIRE(set.warnings.size() == 1);
  CHECK_THAT(set.warnings[0], Catch::Contains("2 rows without a value") && Catch::Contains(":3"));
}

TEST_CASE("A column that does not exist is an error that names those that do") {
  PointColumns columns;
  columns.loss = "los";
  CHECK_THAT(Given("N,loss\n1,3\n").error(columns),
             Catch::Contains("no column 'los'") && Catch::Contains("did you mean 'loss'") && Catch::Contains("columns: N, loss"));
  columns = {};
  columns.where = {row_condition("kind=gpt")};
  CHECK_THAT(Given("N,loss\n1,3\n").error(columns), Catch::Contains("no column 'kind'"));
}

TEST_CASE("A column that stands there twice is an error, where it is asked for") {
  CHECK_THAT(Given("N,loss,loss\n1,3,4\n").error(), Catch::Contains("several columns 'loss'"));
  CHECK(Given("N,loss,x,x\n1,3,4,5\n2,2,4,5\n").points().points.size() == 2);
}

TEST_CASE("A table with semicolons or tabs is told what it should have") {
  CHECK_THAT(Given("N;loss\n1;3,5\n").error(), Catch::Contains(":1: cells stand apart by semicolons or tabs"));
  CHECK_THAT(Given("N\tloss\n1\t3\n").error(), Catch::Contains("write commas between cells"));
}

TEST_CASE("What is no positive number is an error with its line") {
  CHECK_THAT(Given("N,loss\n1,3\nmany,2\n").error(), Catch::Contains(":3: 'many' in column N is no positive number"));
  CHECK_THAT(Given("N,loss\n1,3\n2,-1\n").error(), Catch::Contains(":3: '-1' in column loss"));
  CHECK_THAT(Given("N,loss\n1,inf\n").error(), Catch::Contains("'inf' in column loss"));
}

TEST_CASE("Tables that are none are errors") {
  CHECK_THAT(Given("").error(), Catch::Contains("is empty"));
  CHECK_THAT(Given("N,loss\n1,2,3\n").error(), Catch::Contains(":2: 3 cells in a table of 2 columns"));
  CHECK_THAT(Given("N,loss\n\"1,2\n").error(), Catch::Contains(":2: a quote is never closed"));
  CHECK_THAT(Given("N,loss\n\"1\"2,2\n").error(), Catch::Contains("in the middle of a cell"));
  CHECK_THAT(Given("N,loss\n").error(), Catch::Contains("no row of"));
}

}  // namespace etude
