#include <catch.hpp>
#include <cli/plugin_template.hpp>
#include <etude/error.hpp>

using etude::plugin_template;

TEST_CASE("A plugin that begins from the template has its own name wherever the template has one") {
  const auto files = plugin_template("my_rnn2");
  REQUIRE(files.size() == 2);
  CHECK(files[0].name == "CMakeLists.txt");
  CHECK_THAT(files[0].content, Catch::Contains("project(MyRnn2 ") && Catch::Contains("etude_add_plugin(my_rnn2 my_rnn2.cpp)") &&
                                   !Catch::Contains("gru"));
  CHECK(files[1].name == "my_rnn2.cpp");
  CHECK_THAT(files[1].content, Catch::Contains("struct MyRnn2Model final : etude::Architecture") &&
                                   Catch::Contains("  MyRnn2Model(const Options& options") &&
                                   Catch::Contains("\"my_lab.my_rnn2\"") &&
                                   Catch::Contains("registry.add<MyRnn2Model>(\"my_rnn2\"") && !Catch::Contains("Gru"));
}

TEST_CASE("What cannot be a plugin's name is refused") {
  for (const auto* name : {"", "Gru", "2rnn", "my-rnn", "my rnn", "../rnn", "_x", "é"})
    CHECK_THROWS_WITH(plugin_template(name), Catch::Contains("use lower case letters"));
  CHECK_THROWS_WITH(plugin_template(std::string(65, 'a')), Catch::Contains("cannot be called"));
  CHECK_THROWS_WITH(plugin_template("test"), Catch::Contains("call it my_test"));
}
