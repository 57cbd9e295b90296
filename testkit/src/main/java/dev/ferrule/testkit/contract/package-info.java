/**
 * The suites that every poller and every wire must pass, and the links that they are tested over.
 * Not exported: for those who build pollers and providers, on the class path, with JUnit and
 * AssertJ beside it.
 */
@NullMarked
package dev.ferrule.testkit.contract;

import org.jspecify.annotations.NullMarked;
