package org.martsync.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.martsync.SetClock;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoginLimitTest {

    private static final int MOST = 3;
    private static final int MANY = 60;

    private final SetClock clock = new SetClock();
    private final LoginLimit limit = new LoginLimit(MOST, Duration.ofMinutes(1), clock);
    private final ExecutorService people = Executors.newFixedThreadPool(MANY);

    @AfterEach
    void close() {
        people.shutdownNow();
    }

    @Test
    void afterTheLastAttemptTheWaitBegins() {
        assertThat(fail(3, "a", "nurse")).as("whether it was the last").containsExactly(false, false, true);
        clock.pass(Duration.ofSeconds(20));
        assertThat(limit.begin("a", "nurse")).isEqualTo(Duration.ofSeconds(40));
        fail(1, "b", "nurse");
        fail(1, "a", "sister");
        clock.pass(Duration.ofSeconds(40));
        assertThat(fail(3, "a", "nurse")).containsExactly(false, false, true);
        assertThat(limit.begin("a", "nurse")).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void capitalsAreNoOtherName() {
        fail(2, "a", "nurse");
        assertThat(fail(1, "a", "Nurse")).containsExactly(true);
        assertThat(limit.begin("a", "NURSE")).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aRightPasswordForgetsTheWrongOnes() {
        fail(2, "a", "nurse");
        limit.succeeded("a", "nurse");
        fail(3, "a", "nurse");
    }

    @Test
    void aClockThatIsSetBackLocksNobodyOut() {
        fail(3, "a", "nurse");
        clock.pass(Duration.ofDays(-365));
        assertThat(limit.begin("a", "nurse")).isZero();
    }

    @Test
    void whoeverMakesUpNamesFillsNoMemory() {
        String name = "x".repeat(1_000_000);
        fail(1, "a", name + "y");
        fail(2, "a", name + "z");
        assertThat(limit.begin("a", name)).as("only the beginning of a name counts").isPositive();
        for (int i = 0; i < LoginLimit.PAIRS; i++) {
            fail(1, "a", "name " + i);
        }
        assertThat(limit.begin("a", name)).as("forgotten").isZero();
    }

    @Test
    void rightLoginsAtOnceAllComeInHoweverMany() throws Exception {
        CyclicBarrier asManyAtOnceAsMayFail = new CyclicBarrier(MOST);
        LimitedLogin login = login(password -> {
            await(asManyAtOnceAsMayFail);
            return true;
        });

        assertThat(atOnce(MANY, () -> signIn(login))).containsOnly("in");
        assertThat(fail(3, "", "nurse")).as("none of them counts").containsExactly(false, false, true);
    }

    @Test
    void guessesAtOnceGetNoFurtherThanOneAfterTheOther() throws Exception {
        AtomicInteger looked = new AtomicInteger();
        CyclicBarrier asManyAtOnceAsMayFail = new CyclicBarrier(MOST);
        LimitedLogin login = login(password -> {
            looked.incrementAndGet();
            await(asManyAtOnceAsMayFail);
            return false;
        });

        assertThat(atOnce(MANY, () -> signIn(login))).containsOnly("wrong", "wait");
        assertThat(looked).as("passwords that were looked at").hasValue(MOST);
        clock.pass(Duration.ofMinutes(1));
        assertThat(atOnce(MANY, () -> signIn(login)).stream().filter("wrong"::equals)).as("another three a minute later").hasSize(MOST);
    }

    @Test
    void aRightLoginAmongGuessesGivesThemNoMoreTriesThanOneThatCameBefore() throws Exception {
        CountDownLatch rightIsLookedAt = new CountDownLatch(1);
        CountDownLatch rightIsIn = new CountDownLatch(1);
        CountDownLatch guessesAreLookedAt = new CountDownLatch(MOST - 1);
        AtomicInteger looked = new AtomicInteger();
        LimitedLogin login = login(password -> {
            if (password.equals("right")) {
                rightIsLookedAt.countDown();
                await(guessesAreLookedAt);
                return true;
            }
            looked.incrementAndGet();
            guessesAreLookedAt.countDown();
            await(rightIsIn);
            return false;
        });

        Future<String> right = people.submit(() -> signIn(login, "right"));
        await(rightIsLookedAt);
        List<Future<String>> guesses = Stream.generate(() -> people.submit(() -> signIn(login, "guess"))).limit(MANY - 1).toList();
        assertThat(right.get()).isEqualTo("in");
        rightIsIn.countDown();
        for (Future<String> guess : guesses) {
            assertThat(guess.get()).isIn("wrong", "wait");
        }
        assertThat(looked).hasValue(MOST);
    }

    @Test
    void whatCannotBeLookedAtCountsNotAndHoldsNobodyUp() {
        LimitedLogin login = login(password -> {
            throw new IllegalStateException("no such form of a password");
        });
        for (int i = 0; i < 2 * MOST; i++) {
            assertThat(signIn(login)).isEqualTo("broken");
        }
    }

    /** Signs nurse in where {@code right} says that the password is right. */
    private LimitedLogin login(Predicate<String> right) {
        PasswordEncoder encoder = new PasswordEncoder() {
            @Override
            public String encode(CharSequence password) {
                return password.toString();
            }

            @Override
            public boolean matches(CharSequence password, String kept) {
                return right.test(password.toString());
            }
        };
        return new LimitedLogin(new InMemoryUserDetailsManager(User.withUsername("nurse").password("kept").authorities("LOOK").build()), encoder, limit);
    }

    private static String signIn(LimitedLogin login) {
        return signIn(login, "password");
    }

    private static String signIn(LimitedLogin login, String password) {
        try {
            login.authenticate(UsernamePasswordAuthenticationToken.unauthenticated("nurse", password));
            return "in";
        } catch (BadCredentialsException wrong) {
            return "wrong";
        } catch (LimitedLogin.MustWait wait) {
            return "wait";
        } catch (RuntimeException broken) {
            return "broken";
        }
    }

    private List<String> atOnce(int times, Callable<String> what) throws Exception {
        CyclicBarrier all = new CyclicBarrier(times);
        List<Future<String>> done = people.invokeAll(Collections.nCopies(times, () -> {
            await(all);
            return what.call();
        }));
        List<String> answers = new ArrayList<>();
        for (Future<String> one : done) {
            answers.add(one.get());
        }
        return answers;
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopping) {
            throw new IllegalStateException(stopping);
        }
    }

    private List<Boolean> fail(int times, String address, String name) {
        List<Boolean> last = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            assertThat(limit.begin(address, name)).isZero();
            last.add(limit.failed(address, name));
            limit.end(address, name);
        }
        return last;
    }
}
