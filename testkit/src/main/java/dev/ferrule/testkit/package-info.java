/**
 * For tests of programs that use Ferrule: a throw-away certificate authority, client and server
 * connected in memory, a clock that a test sets, and faults that a seed repeats.
 */
@NullMarked
package dev.ferrule.testkit;

import org.jspecify.annotations.NullMarked;
