/**
 * The events that a recording of the JDK's Flight Recorder holds; docs/jfr.md has them for users.
 * Only {@link dev.ferrule.jfr.Recorder} is called by code that runs whether or not the runtime has
 * the module {@code jdk.jfr}.
 */
package dev.ferrule.jfr;
