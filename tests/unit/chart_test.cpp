#include <base/files.hpp>
#include <base/log.hpp>
#include <catch.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <report/corpus_charts.hpp>
#include <report/export.hpp>
#include <temporary_directory.hpp>

using namespace etude;
using etude::testing::TemporaryDirectory;
using Json = nlohmann::json;

namespace {

namespace fs = std::filesystem;

using Numbers = std::vector<double>;
using Names = std::vector<std::string>;

Chart bars() {
  return {"bars",
          "Title",
          "what it is",
          {{"bar", {{"name", Names{"b", "a"}}, {"n", Numbers{3, 1}}}, {{"y", "name"}, {"x", "n", "documents", ",d"}}, "red"},
           {"rule", {{"at", Numbers{2}}}, {{"x", "at"}}}}};
}

Chart histogram() {
  return {
      "histogram",
      "Title",
      "",
      {{"bar",
        {{"low", Numbers{0, 1}}, {"high", Numbers{1, 2}}, {"n", Numbers{5, 6}}, {"fate", Names{"dropped", "kept"}}},
        {{"x", "low", "ratio"}, {"x2", "high"}, {"y", "n", "documents"}, {"color", "fate", "", "", false, {"grey", "blue"}}}}}};
}

/// What Python is for as long as it lives.
struct PythonIs {
  explicit PythonIs(const fs::path& python) { setenv("ETUDE_PYTHON", python.c_str(), 1); }
  ~PythonIs() { unsetenv("ETUDE_PYTHON"); }
};

/// A program that is called in Python's place.
fs::path stand_in(const fs::path& folder, const std::string& body) {
  const fs::path file = folder / "python";
  std::ofstream(file) << "#!/bin/sh\n" << body << "\n";
  fs::permissions(file, fs::perms::owner_all);
  return file;
}

std::string warning_of(const fs::path& folder, const fs::path& python, bool drawn = false) {
  const PythonIs named(python);
  TemporaryDirectory temporary;
  {
    const LogFile log(temporary.path() / "log.txt");
    CHECK(export_charts(folder, {bars()}) == drawn);
  }
  CHECK(fs::exists(folder / "bars.vl.json"));
  CHECK(fs::exists(folder / "bars.svg") == drawn);
  return read_file(temporary.path() / "log.txt");
}

}  // namespace

TEST_CASE("A chart is Vega-Lite with its data in it") {
  const Json json = Json::parse(vega_lite(bars()));
  CHECK(json["title"]["text"] == "Title");
  CHECK(json["title"]["subtitle"] == "what it is");
  const Json& bar = json["layer"][0];
  CHECK(bar["data"]["values"] == Json::parse(R"([{"name":"b","n":3.0},{"name":"a","n":1.0}])"));
  CHECK(bar["mark"]["type"] == "bar");
  CHECK(bar["mark"]["color"] == "red");
  CHECK(bar["encoding"]["y"]["type"] == "nominal");
  CHECK(bar["encoding"]["y"]["sort"].is_null());
  CHECK(bar["encoding"]["x"]["scale"]["zero"] == true);
  CHECK(bar["encoding"]["x"]["axis"]["title"] == "documents");
  // Layers share an axis; one without a title would clear it.
  CHECK(json["layer"][1]["encoding"]["x"]["axis"]["title"] == "documents");
  CHECK(json["layer"][1]["encoding"]["x"]["scale"]["zero"] == true);
  CHECK(vega_lite(bars()) == vega_lite(bars()));
}

TEST_CASE("Bars from one number to another stand where they belong, their lengths on an axis from zero") {
  const Json encoding = Json::parse(vega_lite(histogram()))["layer"][0]["encoding"];
  CHECK(encoding["x"]["bin"]["binned"] == true);
  CHECK(encoding["x"]["scale"]["zero"] == false);
  CHECK(encoding["x2"] == Json{{"field", "high"}});
  CHECK(encoding["y"]["scale"]["zero"] == true);
  CHECK(encoding["color"]["scale"]["domain"] == Json{"dropped", "kept"});
  CHECK(encoding["color"]["scale"]["range"] == Json{"grey", "blue"});
}

TEST_CASE("A band lies between two numbers on an axis that need not begin at zero") {
  const Chart chart{"band",
                    "Title",
                    "",
                    {{"area",
                      {{"n", Numbers{1, 2}}, {"low", Numbers{5, 6}}, {"high", Numbers{7, 8}}},
                      {{"x", "n"}, {"y", "low", "loss"}, {"y2", "high"}}}}};
  const Json encoding = Json::parse(vega_lite(chart))["layer"][0]["encoding"];
  CHECK(encoding["y"]["scale"]["zero"] == false);
  CHECK(encoding["y2"] == Json{{"field", "high"}});
}

TEST_CASE("Names in one order in all layers, what is said of a point, and a legend that picks") {
  Chart chart{"points", "Title", ""};
  const Encoding color{"color", "family", "", "", false, {"red", "blue"}, {"gpt", "lstm"}};
  for (const char* family : {"lstm", "gpt"})
    chart.layers.push_back({"point",
                            {{"family", Names{family}}, {"n", Numbers{1}}},
                            {{"x", "n", "N", "~s", true}, color, {"tooltip", "family"}, {"tooltip", "n", "size", ".3s"}}});
  chart.layers[0].opacity = 0.5;
  chart.pick = "family";
  const Json json = Json::parse(vega_lite(chart));
  for (const Json& layer : json["layer"]) {
    CHECK(layer["encoding"]["color"]["scale"]["domain"] == Json{"gpt", "lstm"});
    REQUIRE(layer["encoding"]["tooltip"].size() == 2);
    CHECK(layer["encoding"]["tooltip"][1] ==
          Json{{"field", "n"}, {"type", "quantitative"}, {"title", "size"}, {"format", ".3s"}});
  }
  CHECK(json["layer"][0]["params"][0]["bind"] == "legend");
  CHECK_FALSE(json["layer"][1].contains("params"));  // Vega-Lite has each choice once
  CHECK(json["layer"][0]["encoding"]["opacity"]["condition"] == Json{{"param", "pick"}, {"value", 0.5}});
  CHECK(json["layer"][1]["encoding"]["opacity"]["value"] < 0.5);
  chart.pick = "colour";
  CHECK_THROWS_WITH(vega_lite(chart), Catch::Contains("no layer has the colours of colour"));
}

TEST_CASE("Numbers that are not finite are gaps, and texts that are not UTF-8 stay readable") {
  Chart chart = bars();
  chart.layers[0].columns = {{"name", Names{"\xFF", "a", "b"}},
                             {"n", Numbers{std::nan(""), std::numeric_limits<double>::infinity(), 1}}};
  const Json values = Json::parse(vega_lite(chart))["layer"][0]["data"]["values"];
  CHECK(values[0]["n"].is_null());
  CHECK(values[1]["n"].is_null());
  CHECK(values[0]["name"] == "\uFFFD");
}

TEST_CASE("A layer of nothing but gaps is left out, and marks beyond a range are cut off") {
  const auto points = [](Numbers y) {
    return ChartLayer{"point", {{"x", Numbers{1, 2}}, {"y", std::move(y)}}, {{"x", "x", "", "", true}, {"y", "y", "", "", true}}};
  };
  Chart chart{"points", "Title", "", {points({std::nan(""), std::nan("")}), points({3, std::nan("")})}};
  chart.y_range = {2.0, 5.0};
  const Json layers = Json::parse(vega_lite(chart))["layer"];
  REQUIRE(layers.size() == 1);
  CHECK(layers[0]["data"]["values"][0]["y"] == 3);
  CHECK(layers[0]["encoding"]["y"]["scale"]["domain"] == Json{2.0, 5.0});
  CHECK(layers[0]["mark"]["clip"] == true);
}

TEST_CASE("A chart that contradicts itself is an error that names the column") {
  Chart chart = bars();
  chart.layers[0].encodings[0].column = "nme";
  CHECK_THROWS_WITH(vega_lite(chart), Catch::Contains("chart bars: there is no column nme"));
  chart = bars();
  chart.layers[0].columns[1].values = Numbers{1};
  CHECK_THROWS_WITH(vega_lite(chart), Catch::Contains("differ in length"));
}

TEST_CASE("Characters that cannot be seen have names") {
  CHECK(character_name(U'a') == "a");
  CHECK(character_name(U'é') == "é");
  CHECK(character_name(U' ') == "space");
  CHECK(character_name(U'\n') == "newline");
  CHECK(character_name(U'\t') == "U+0009");
  CHECK(character_name(0xA0) == "U+00A0");
  CHECK(character_name(0x2028) == "U+2028");
}

TEST_CASE("Without a program that draws, the specifications stand and one warning says what to do") {
  TemporaryDirectory temporary;
  const fs::path folder = temporary.path() / "charts";
  fs::create_directories(folder);
  const fs::path nowhere = temporary.path() / "none" / "python";
  CHECK_THAT(warning_of(folder, nowhere), Catch::Contains("ETUDE_PYTHON is " + nowhere.string() + ", which is no program"));

  const auto without = stand_in(temporary.path(), "echo \"No module named 'vl_convert'\"; exit 3");
  const auto warning = warning_of(folder, without);
  CHECK_THAT(warning, Catch::Contains("charts are not drawn (their Vega-Lite specifications are in " + folder.string() + ")") &&
                          Catch::Contains(without.string() + " cannot import vl_convert") &&
                          Catch::Contains("-m pip install vl-convert-python"));
  CHECK(std::count(warning.begin(), warning.end(), '\n') == 1);
  CHECK_THAT(warning_of(folder, stand_in(temporary.path(), "echo first; echo broken wheel >&2; exit 1")),
             Catch::Contains("failed: broken wheel"));
  CHECK_THAT(warning_of(folder, stand_in(temporary.path(), "kill -9 $$")), Catch::Contains("failed: "));
}

TEST_CASE("A picture of an older specification does not stay beside a new one") {
  TemporaryDirectory temporary;
  const fs::path folder = temporary.path() / "charts";
  fs::create_directories(folder);
  std::ofstream(folder / "bars.svg") << "old";
  warning_of(folder, stand_in(temporary.path(), "exit 3"));
}

TEST_CASE("Pictures are drawn where vl_convert is installed") {
  const std::string python = std::getenv("ETUDE_TEST_PYTHON");
  if (std::system((python + " -c 'import vl_convert' 2> /dev/null").c_str()) != 0)
    SKIP("no Python with vl_convert (tools/setup makes one)");
  TemporaryDirectory temporary;
  // A module of that name in the folder must not be taken for the real one.
  std::ofstream(temporary.path() / "vl_convert.py") << "raise SystemExit(1)\n";
  CHECK(warning_of(temporary.path(), python, true).empty());
  const std::string picture = read_file(temporary.path() / "bars.svg");
  CHECK_THAT(picture, Catch::Contains("<svg") && Catch::Contains("Title") && Catch::Contains("documents"));
}
