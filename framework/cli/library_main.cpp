// Where main.cpp enters libetude_program.so.
#include <cli/command.hpp>
#include <etude/api.hpp>

extern "C" ETUDE_API int etude_program_main(int argc, char** argv) { return etude::run_program({argv + 1, argv + argc}); }
