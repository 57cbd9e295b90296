/** Links, clocks, a throw-away CA, and contract suites. */
@NullMarked
package dev.ferrule.testkit;

import org.jspecify.annotations.NullMarked;
