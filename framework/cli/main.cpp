// The program.
#include <cli/command.hpp>

int main(int argc, char** argv) { return etude::run_program({argv + 1, argv + argc}); }
