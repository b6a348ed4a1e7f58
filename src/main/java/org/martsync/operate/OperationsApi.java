package org.martsync.operate;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The {@link Operations} over HTTP, for scripts: who looks uses GET, who acts POST. */
@RestController
@RequestMapping(path = "/api", produces = "application/json")
@Tag(name = "operations", description = "What an operator can see and do. GET needs the role look, POST the role act.")
class OperationsApi {

    /** The attributes of {@link Operations} at one moment. */
    record Status(boolean running, boolean paused, String lastRun, Map<String, Long> lastRunOutcomes,
                  Map<String, Long> pendingByMapping, String dhis2Reachable, int batchSize) {
    }

    /** Why something was not done, in a sentence. */
    record Problem(String problem) {
    }

    private final Operations operations;

    OperationsApi(Operations operations) {
        this.operations = operations;
    }

    @GetMapping("/status")
    @Operation(summary = "How the program is: running, paused, how the last run went, what is pending")
    Status status() {
        return new Status(operations.isRunning(), operations.isPaused(), operations.getLastRun(), operations.getLastRunOutcomes(),
                operations.getPendingByMapping(), operations.getDhis2Reachable(), operations.getBatchSize());
    }

    @PostMapping("/run-now")
    @Operation(summary = "Begins a run at once, also while paused; it tries every pending event once")
    Receipt runNow() {
        return operations.runNow();
    }

    @PostMapping("/pause")
    @Operation(summary = "Lets no run begin by itself, on any machine and also after a restart, until resume")
    Receipt pause() {
        return operations.pause();
    }

    @PostMapping("/resume")
    @Operation(summary = "Ends a pause")
    Receipt resume() {
        return operations.resume();
    }

    @PostMapping("/stop-run")
    @Operation(summary = "Ends the run of this program after the batches on their way")
    Receipt stopRun() {
        return operations.stopRun();
    }

    @PostMapping("/events/{eventId}/retrigger")
    @Operation(summary = "Has a pending event tried again at once, with the other pending events of its patient")
    Receipt retrigger(@Parameter(description = "the event's id in events_to_sync") @PathVariable int eventId) {
        return operations.retrigger(eventId);
    }

    @PostMapping("/retrigger-failed")
    @Operation(summary = "Has rejected events tried again at once; who was tried longest ago comes first; limit is 1 to 1000")
    Receipt retriggerFailed(@RequestBody FailedEvents which) {
        return operations.retriggerFailed(which.mapping(), which.since(), which.reasonContains(), which.limit());
    }

    @PostMapping("/events/{eventId}/resend")
    @Operation(summary = "Sends an event again that is synced")
    Receipt resend(@Parameter(description = "the event's id in events_to_sync") @PathVariable int eventId) {
        return operations.resend(eventId);
    }

    @GetMapping("/events/{eventId}")
    @Operation(summary = "Everything known of an event, with what would be sent of it now; patients' data only with the role patients")
    ResponseEntity<Map<String, Object>> explain(@Parameter(description = "the event's id in events_to_sync") @PathVariable int eventId) {
        Map<String, Object> told = operations.explain(eventId);
        return ResponseEntity.status(told.containsKey("mapping") ? HttpStatus.OK : HttpStatus.NOT_FOUND).body(told);
    }

    @GetMapping("/check")
    @Operation(summary = "What would hold events back, found without sending any; of one mapping or of all; patients' data only with the role patients")
    Map<String, Object> check(@Parameter(description = "name of the only mapping to look at; empty for all") @RequestParam(defaultValue = "") String mapping) {
        return operations.check(mapping);
    }

    @GetMapping("/audit")
    @Operation(summary = "The last 100 things that people had the program do, the newest first; what was searched for only with the role patients")
    List<Map<String, Object>> audit() {
        return operations.audit();
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    Problem refused(IllegalArgumentException wrong, HttpServletRequest request) {
        return refused(wrong instanceof NumberFormatException || wrong.getMessage() == null ? "An event's id is a number." : wrong.getMessage(), request);
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    Problem unreadable(HttpMessageNotReadableException wrong, HttpServletRequest request) {
        for (Throwable cause = wrong; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException own && !(cause instanceof NumberFormatException)) {
                return refused(own.getMessage(), request);
            }
        }
        return refused("The body must be JSON with mapping, since, reasonContains and limit, and nothing else.", request);
    }

    private Problem refused(String why, HttpServletRequest request) {
        KeepRefusals.deed(request).ifPresent(what -> operations.refused(what, why));
        return new Problem(why);
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
    Problem failed(OperationFailed failure) {
        return new Problem(failure.getMessage());
    }
}
