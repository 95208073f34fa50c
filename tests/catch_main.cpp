// The main program of every Catch2 executable.
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  // Where things are in this build: ETUDE_PROGRAM, ETUDE_PLUGINS, ETUDE_SOURCE, ETUDE_BUILD, ETUDE_TEST_PYTHON, ETUDE_SHARED.
  // What the caller's environment says stands.
  for (const std::string setting : {ETUDE_TEST_ENVIRONMENT}) {
    const auto equals = setting.find('=');
    setenv(setting.substr(0, equals).c_str(), setting.substr(equals + 1).c_str(), 0);
  }
  return Catch::Session().run(argc, argv);
}
