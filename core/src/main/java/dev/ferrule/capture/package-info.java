/** What {@link dev.ferrule.Capture} writes. */
package dev.ferrule.capture;
