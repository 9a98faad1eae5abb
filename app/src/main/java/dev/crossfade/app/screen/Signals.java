package dev.crossfade.app.screen;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals of the operating system. {@code sun.misc.Signal} is the only way to hear of a second Ctrl-C while the first one is being
 * followed: once a shutdown hook runs, the JVM ignores further signals. The class is exported for use by {@code jdk.unsupported}
 * and named by reflection, since javac warns of it in a way that cannot be switched off.
 *
 * @see <a href="https://openjdk.org/jeps/260">JEP 260</a>, which keeps it
 */
public final class Signals {
    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * Calls {@code action} on a thread of its own whenever the signal comes, instead of what the JVM would do. Does nothing where
     * signals cannot be had.
     *
     * @param name without {@code SIG}: {@code INT}
     */
    public static void on(String name, Runnable action) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (proxy, method, arguments) -> {
                        return switch (method.getName()) {
                            case "handle" -> {
                                action.run();
                                yield null;
                            }
                            case "equals" -> arguments != null && proxy == arguments[0];
                            case "hashCode" -> System.identityHashCode(proxy);
                            default -> "signal handler";
                        };
                    });
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
        } catch (ReflectiveOperationException failure) {
            log.atDebug().addKeyValue("signal", name).setCause(failure).log("signal is not available");
        }
    }
}
